import { resolve } from 'node:path'
import { typedFile } from '../../../shared/archive-reference.ts'
import type { Client } from '../../../shared/client.ts'
import { AppError, hasCode } from '../../../shared/errors.ts'
import { Scope } from '../../../shared/model/backup.ts'
import type { Job } from '../../../shared/model/job.ts'
import { MapKind, type MapOverride } from '../../../shared/model/restore-mapping.ts'
import type { RestoreReport } from '../../../shared/model/restore-report.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { describeReport } from '../../../shared/report-text.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { exitCodeOf, followJobs } from '../follow-jobs.ts'
import { parseSourceRef, parseWord } from '../names.ts'
import { describePlan } from '../print/plan.ts'
import { restoreServer, resumeUnfinished, type ServerRestoreOptions } from './restore-server.ts'

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

interface RestoreOptions {
  readonly to?: string
  readonly scope: string
  readonly item?: string[]
  readonly map?: string[]
  readonly keepExtra?: boolean
  readonly mail: string
  readonly tableAs?: string
  readonly create?: boolean
  readonly enableCron?: boolean
  readonly dest?: string
  readonly acceptUnsaved?: string[]
  readonly without?: string[]
  readonly plan?: boolean
  readonly confirm?: string
}

function parseMap(text: string): MapOverride {
  const [, kind = '', rename = ''] = /^([a-z]+):(.+=.+)$/s.exec(text) ?? []
  return { kind: parseWord('--map', kind, MapKind.options), rename }
}

function requestOf(from: string, options: RestoreOptions): RestoreRequest {
  if (options.to === undefined) {
    throw new AppError('invalid-input', 'Say where to restore to: --to SERVER/ACCOUNT. Nothing was done.')
  }
  const { server, source } = parseSourceRef(options.to)
  const path = typedFile(from)
  return {
    from:
      path === null
        ? { kind: 'backup', backup: from, destination: options.dest ?? null }
        : { kind: 'file', path: resolve(path) },
    to: { server, account: source },
    scope: parseWord('--scope', options.scope, Scope.options),
    items: options.item ?? [],
    map: (options.map ?? []).map(parseMap),
    mail: parseWord('--mail', options.mail, ['replace', 'merge']),
    tableAs: options.tableAs ?? null,
    acceptUnsaved: options.acceptUnsaved ?? [],
    keepExtra: options.keepExtra === true,
    create: options.create === true,
    enableCron: options.enableCron === true,
    undoes: null,
  }
}

/** `drill`: the newest complete backup of a source, restored on a server into an account that is removed again. */
async function drill(context: CommandContext, from: string, { on }: { readonly on?: string }) {
  if (on === undefined) {
    throw new AppError(
      'invalid-input',
      'Say where to restore it for the drill: --on SERVER. Nothing was done.',
    )
  }
  const source = parseSourceRef(from)
  const client = await context.client()
  return follow(context, client, async () => (await client.call('drills.start', { ...source, on })).job)
}

/** What a restore came to; null where it came to no end. */
async function reportOf(client: Client, job: string): Promise<RestoreReport | null> {
  try {
    return (await client.call('restores.report', { job })).report
  } catch (error) {
    if (hasCode(error, 'not-found')) return null
    throw error
  }
}

/** `restore`: the job whose restore this one went on with; null where it is its own. */
async function reportJob(
  { client, job, restore }: { readonly client: Client; readonly job: Job; readonly restore: string | null },
  { output }: CommandContext,
): Promise<number> {
  const report = await reportOf(client, restore ?? job.id)
  const failed = job.error ? `${job.title}: ${job.state}. ${job.error.message}` : ''
  output.result({ result: { job, report } }, report && !job.error ? describeReport(report) : failed)
  return exitCodeOf(job)
}

async function follow(
  context: CommandContext,
  client: Client,
  start: () => Promise<Job>,
  restore: string | null = null,
): Promise<number> {
  const [job] = await followJobs(client, async () => [await start()], context)
  return job ? reportJob({ client, job, restore }, context) : 1
}

function wholeServer(options: RestoreOptions): ServerRestoreOptions {
  const given = {
    ...{ '--item': options.item, '--map': options.map, '--keep-extra': options.keepExtra },
    ...{ '--table-as': options.tableAs, '--dest': options.dest, '--accept-unsaved': options.acceptUnsaved },
  }
  return {
    ...{ to: options.to ?? '', create: options.create === true, enableCron: options.enableCron === true },
    scope: parseWord('--scope', options.scope, Scope.options),
    ...{ without: options.without ?? [], plan: options.plan === true, confirm: options.confirm ?? null },
    others: Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name])),
  }
}

async function restore(
  context: CommandContext,
  from: string,
  job: string | undefined,
  options: RestoreOptions,
): Promise<number> {
  if (job !== undefined) {
    const verb = parseWord('restore', from, ['resume', 'rollback'])
    const client = await context.client()
    if (verb === 'rollback') {
      return follow(context, client, async () => (await client.call('restores.rollback', { job })).job, job)
    }
    const start = await resumeUnfinished(context, job, options)
    return typeof start === 'number' ? start : follow(context, client, start, job)
  }
  const whole = options.to !== undefined && !options.to.includes('/')
  const request = whole ? null : requestOf(from, options)
  if (options.plan !== true && options.confirm === undefined) {
    throw new AppError(
      'invalid-input',
      `Nothing was done. Look at what would happen with --plan, then say --confirm ${whole ? 'SERVER' : 'ACCOUNT'}.`,
    )
  }
  if (request === null) {
    const started = await restoreServer(context, from, wholeServer(options))
    return typeof started === 'number' ? started : follow(context, started.client, started.start)
  }
  if (options.without !== undefined) {
    throw new AppError('invalid-input', '--without is for whole servers only. Nothing was done.')
  }
  const client = await context.client()
  const { plan } = await client.call('restores.plan', { request })
  const blocked = plan.notes.some(({ level }) => level === 'blocker')
  if (options.plan === true) {
    context.output.result({ plan }, describePlan(plan))
    return blocked ? 5 : 0
  }
  context.output.note(describePlan(plan))
  const { digest } = plan
  const confirm = options.confirm ?? ''
  return follow(
    context,
    client,
    async () => (await client.call('restores.start', { request, digest, confirm })).job,
  )
}

async function undo(
  context: CommandContext,
  job: string,
  { confirm, plan: only }: { readonly confirm?: string; readonly plan?: boolean },
): Promise<number> {
  const client = await context.client()
  const { plan, removes } = await client.call('restores.planUndo', { job })
  const text = [...(plan === null ? [] : [describePlan(plan)]), ...removes].join('\n')
  if (only === true || confirm === undefined) {
    context.output.result({ plan, removes }, text)
    if (only === true) return 0
    throw new AppError('invalid-input', 'Nothing was undone. To undo it, say --confirm ACCOUNT.')
  }
  context.output.note(text)
  const digest = plan?.digest ?? null
  return follow(
    context,
    client,
    async () => (await client.call('restores.undo', { job, digest, confirm })).job,
  )
}

async function report(context: CommandContext, job: string): Promise<number> {
  const client = await context.client()
  const { report: found } = await client.call('restores.report', { job })
  context.output.result(found, describeReport(found))
  return 0
}

/** `holdfast restore`, `holdfast undo`, `holdfast drill`, `holdfast report` */
export const addRestoreCommands: AddCommands = (program, run) => {
  program
    .command('restore <backup|file|server> [job]')
    .description('put a backup, or parts of it, back; or: restore resume JOB, restore rollback JOB')
    .option('--to <server/account>', 'where to; SERVER alone with --create: all accounts of a lost server')
    .option('--scope <scope>', 'full, files, databases or email', 'full')
    .option('--item <item>', 'only this; may be given several times', collect)
    .option(
      '--map <kind:old=new>',
      'user, uid, gid, home, db, dbuser or domain; may be given several times',
      collect,
    )
    .option('--keep-extra', 'keep what the target has and the backup has not')
    .option('--mail <how>', 'replace or merge', 'replace')
    .option('--table-as <name>', 'restore a single table under this name')
    .option('--create', 'make the account')
    .option('--without <account>', 'of a whole server: leave this account out', collect)
    .option('--enable-cron', 'take the crontab into use at once')
    .option('--dest <destination>', 'only from the copy there')
    .option('--accept-unsaved <part>', 'overwrite this though it cannot be saved first', collect)
    .option('--plan', 'show what would happen, and do nothing')
    .option('--confirm <account>', 'do it; the name of the account that is overwritten, or of the server')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast restore web1/alice@latest --to web2/alice --plan\n  holdfast restore web1 --to web2 --create --plan',
    )
    .action(run(restore))
  program
    .command('undo <job>')
    .description('undo a restore')
    .option('--plan', 'show what would happen, and do nothing')
    .option('--confirm <account>', 'do it; the name of the account')
    .addHelpText('after', '\nExample:\n  holdfast undo 0198d2c1-… --confirm alice')
    .action(run(undo))
  program
    .command('drill <server/account>')
    .description('prove the newest backup: restore it into a throwaway account, check it, remove it')
    .option('--on <server>', 'the server that it is restored on')
    .addHelpText('after', '\nExample:\n  holdfast drill web1/alice --on web2')
    .action(run(drill))
  program
    .command('report <job>')
    .description('what a restore came to, as Markdown; with --json for programs')
    .addHelpText('after', '\nExample:\n  holdfast report 0198d2c1-…')
    .action(run(report))
}
