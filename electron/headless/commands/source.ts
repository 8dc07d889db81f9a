import { Option } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { escapeForDisplay, formatBytes } from '../../../shared/format.ts'
import { evidenceText } from '../../../shared/evidence-text.ts'
import type { Discovery, Evidence, Source, SourceOverrides } from '../../../shared/model/source.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { parseSourceRef } from '../names.ts'
import { table } from '../print/table.ts'

function sourceLines(source: Source): string[] {
  const why = (evidence: readonly Evidence[]) => evidence.map(evidenceText).join('; ')
  return [
    `${source.name}  ${source.homeExists ? source.home : `${source.home} (missing)`}${source.homeBytes === null ? '' : `  ${formatBytes(source.homeBytes)}`}`,
    ...source.paths.map(({ path, evidence }) => `  folder     ${path}  (${why(evidence)})`),
    ...source.databases.map(
      ({ engine, name, bytes, evidence }) =>
        `  ${engine.padEnd(10)} ${name}  ${formatBytes(bytes)}  (${why(evidence)})`,
    ),
    ...source.mailboxes.map(
      ({ domain, name, path, evidence }) =>
        `  mail       ${domain === null ? name : `${name}@${domain}`}  ${path}  (${why(evidence)})`,
    ),
    ...(source.hasCrontab ? ['  cron       crontab'] : []),
    ...source.configFiles.map((path) => `  config     ${path}`),
  ]
}

function unclaimedText(unclaimed: Discovery['unclaimed']): string[] {
  if (unclaimed.length === 0) return []
  const rows = unclaimed.map(({ kind, name, where, bytes }) => [
    kind,
    name,
    where,
    bytes === null ? '' : formatBytes(bytes),
  ])
  const list = table(['KIND', 'NAME', 'WHERE', 'SIZE'], rows)
  return [`Unclaimed: no source holds these, so no backup has them.\n${list}`]
}

function unseenText({ failed, notes }: Discovery): string[] {
  const lines = [...failed, ...notes].map(({ path, why }) => escapeForDisplay(`  ${path}: ${why}`))
  return lines.length === 0 ? [] : [['Could not be looked at:', ...lines].join('\n')]
}

/** What a look at a server found, for people. */
export function describeDiscovery(discovery: Discovery): string {
  const found = discovery.sources.flatMap(sourceLines).map(escapeForDisplay).join('\n')
  return [found, ...unclaimedText(discovery.unclaimed), ...unseenText(discovery)].join('\n\n')
}

const lists = {
  path: ['addPaths', 'removePaths'],
  noPath: ['removePaths', 'addPaths'],
  db: ['addDatabases', 'removeDatabases'],
  noDb: ['removeDatabases', 'addDatabases'],
  mail: ['addMail', 'removeMail'],
  noMail: ['removeMail', 'addMail'],
} as const

interface SetOptions extends Partial<Record<keyof typeof lists, string[]>> {
  readonly exclude?: string[]
  readonly noExclude?: string[]
  readonly accept?: string[]
  readonly nobackup?: boolean
}

/** Applies one command's words: what is added to one list leaves its opposite. */
export function changeOverrides(before: SourceOverrides, options: SetOptions): SourceOverrides {
  const after = structuredClone(before)
  for (const [option, [into, outOf]] of Object.entries(lists)) {
    const values = options[option as keyof typeof lists] ?? []
    after[into] = [...new Set([...after[into], ...values])]
    after[outOf] = after[outOf].filter((value) => !values.includes(value))
  }
  after.exclude = [...new Set([...after.exclude, ...(options.exclude ?? [])])].filter(
    (glob) => !options.noExclude?.includes(glob),
  )
  after.accept = [...new Set([...after.accept, ...(options.accept ?? [])])]
  if (options.nobackup !== undefined) after.nobackupTag = options.nobackup
  return after
}

async function setSource(context: CommandContext, ref: string, options: SetOptions): Promise<undefined> {
  const source = parseSourceRef(ref)
  if (Object.keys(options).length === 0)
    throw new AppError(
      'invalid-input',
      'Say what to change. Nothing was stored; see: holdfast source set --help',
    )
  const client = await context.client()
  const overrides = changeOverrides(await client.call('sources.overrides', source), options)
  await client.call('sources.set', { ...source, overrides })
  context.output.result({ overrides }, `Stored for ${ref}. The next backup uses it.`)
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

/** `--no-NAME <value>`, several times: an option of its own, where commander would take it for `--NAME` switched off. */
function without(name: string, value: string, description: string): Option {
  const option = new Option(`--no-${name} <${value}>`, description).argParser(collect)
  option.negate = false
  return option
}

/** `holdfast sources`, `holdfast source set` */
export const addSourceCommands: AddCommands = (program, run) => {
  program
    .command('sources <server>')
    .description('what can be backed up: where, sizes, evidence; and what nobody claims')
    .addHelpText('after', '\nExample:\n  holdfast sources web1')
    .action(
      run(async ({ client, output }, server: string) => {
        const found = await (await client()).call('sources.list', { server })
        output.result(found, describeDiscovery(found))
        return undefined
      }),
    )
  program
    .command('source')
    .description('correct what was found; your word wins over evidence')
    .command('set <server/source>')
    .option('--path <path>', 'also back up this folder', collect)
    .addOption(without('path', 'path', 'leave this folder out'))
    .option('--db <name>', 'this database belongs here', collect)
    .addOption(without('db', 'name', 'this database does not belong here'))
    .option('--mail <domain>', 'this mail domain or mailbox belongs here', collect)
    .addOption(without('mail', 'domain', 'this mail domain or mailbox does not belong here'))
    .option('--exclude <glob>', 'always leave this out', collect)
    .addOption(without('exclude', 'glob', 'no longer leave this out'))
    .option('--accept <code:path>', 'a known gap: stays listed, no longer makes the backup partial', collect)
    .option('--nobackup', 'honour .nobackup files')
    .option('--no-nobackup', 'ignore .nobackup files')
    .addHelpText('after', '\nExample:\n  holdfast source set web1/alice --db shop --exclude "*.log"')
    .action(run(setSource))
}
