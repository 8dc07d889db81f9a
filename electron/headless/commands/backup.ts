import { formatBytes, formatDuration, plural } from '../../../shared/format.ts'
import { Scope, VerifyLevel, type Backup } from '../../../shared/model/backup.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { Client } from '../../../shared/client.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { exitCodeOf, followJobs } from '../follow-jobs.ts'
import { parseSourceRef, parseWord } from '../names.ts'

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

interface BackupOptions {
  readonly scope: string
  readonly to?: string[]
  readonly exclude?: string[]
  readonly credentials: boolean
}

function took(job: Job): string {
  if (job.startedAt === null || job.finishedAt === null) return ''
  return formatDuration(Date.parse(job.finishedAt) - Date.parse(job.startedAt))
}

/** What a job came to, for people: one line, then what is missing. */
export function describeEnd(job: Job, backup: Backup | null): string {
  if (!backup)
    return job.error ? `${job.title}: ${job.state}. ${job.error.message}` : `${job.title}: ${job.state}.`
  const size = formatBytes(backup.copies[0]?.size ?? 0)
  const items = backup.components.map(
    ({ kind, name, items, status }) =>
      `  ${kind === name ? kind : `${kind} ${name}`}: ${plural(items, 'item')}${status === 'ok' ? '' : `, ${status}`}`,
  )
  const warnings =
    backup.warnings === 0 ? '' : `\n  ${plural(backup.warnings, 'warning')}; see: holdfast show ${backup.id}`
  const where = backup.copies
    .map(({ destination, path, key }) => `  ${destination}: ${path ?? key}`)
    .join('\n')
  const missing = job.missingCopies.map(
    ({ destination, message }) =>
      `\n  ${destination}: NO COPY. ${message} It is tried again; see: holdfast copy list`,
  )
  return `${backup.name}: ${job.state} and verified, ${size} in ${took(job)}\n${items.join('\n')}${warnings}\n${where}${missing.join('')}`
}

async function backupOf(client: Client, job: Job): Promise<Backup | null> {
  if (job.backupId === null) return null
  return (await client.call('backups.show', { backup: job.backupId })).backup
}

/** Reports how jobs ended and returns the worst exit code. */
async function report(jobs: readonly Job[], client: Client, { output }: CommandContext): Promise<number> {
  const results = await Promise.all(jobs.map(async (job) => ({ job, backup: await backupOf(client, job) })))
  output.result({ result: results }, results.map(({ job, backup }) => describeEnd(job, backup)).join('\n'))
  return Math.max(...jobs.map(exitCodeOf))
}

async function backup(
  context: CommandContext,
  refs: readonly string[],
  options: BackupOptions,
): Promise<number> {
  const request = {
    sources: refs.map(parseSourceRef),
    scope: parseWord('--scope', options.scope, Scope.options),
    destinations: options.to ?? [],
    exclude: options.exclude ?? [],
    credentials: options.credentials,
  }
  const client = await context.client()
  const jobs = await followJobs(
    client,
    async () => (await client.call('backups.start', request)).jobs,
    context,
  )
  return report(jobs, client, context)
}

async function verify(
  context: CommandContext,
  ref: string,
  options: { readonly level: string; readonly dest?: string },
): Promise<number> {
  const level = parseWord('--level', options.level, VerifyLevel.options)
  const client = await context.client()
  const request = { backup: ref, level, destination: options.dest ?? null }
  const jobs = await followJobs(
    client,
    async () => [(await client.call('backups.verify', request)).job],
    context,
  )
  const job = jobs[0]
  if (!job) return 1
  const text = job.error
    ? `${job.title}: ${job.error.message}`
    : `${job.title}: good, checked at level ${level} in ${took(job)}`
  context.output.result({ result: job }, text)
  return exitCodeOf(job)
}

/** `holdfast backup`, `holdfast verify` */
export const addBackupCommands: AddCommands = (program, run) => {
  program
    .command('backup <server/source...>')
    .description('make a backup now and verify it')
    .option('--scope <scope>', 'full, files, databases or email', 'full')
    .option('--to <destination>', 'where to (default: this computer); may be given several times', collect)
    .option('--exclude <glob>', 'leave this out; may be given several times', collect)
    .option('--no-credentials', 'leave password hashes out')
    .addHelpText('after', '\nExample:\n  holdfast backup web1/alice')
    .action(run(backup))
  program
    .command('verify <backup>')
    .description('check a stored backup again')
    .option(
      '--level <level>',
      'stored (size and checksum), read (every byte), deep (every entry, dump trailers, counts)',
      'deep',
    )
    .option('--dest <destination>', 'only the copy there')
    .addHelpText('after', '\nExample:\n  holdfast verify web1/alice@latest')
    .action(run(verify))
}
