import type { Client } from '../../../shared/client.ts'
import { AppError, errorCodes } from '../../../shared/errors.ts'
import { Scope } from '../../../shared/model/backup.ts'
import type { ScheduleSource } from '../../../shared/model/schedule.ts'
import type { ScheduleRun } from '../../../shared/model/schedule-run.ts'
import type { GivenSchedule, ScheduleRow } from '../../../shared/schedule-contract.ts'
import type { AddCommands, Run } from '../command.ts'
import { exitCodeOf, followJobs } from '../follow-jobs.ts'
import { parseWhole, parseWord } from '../names.ts'
import { describePrune } from '../print/prune.ts'
import {
  parseInstant,
  parseMissed,
  parseRetention,
  parseScheduleSource,
  parseTimes,
  parseWindow,
} from '../schedule-options.ts'
import {
  describeRun,
  describeSchedule,
  describeStanding,
  describeTimes,
  localTime,
} from '../print/schedule.ts'
import { table } from '../print/table.ts'
import type { Command } from 'commander'

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

interface ScheduleOptions {
  readonly source?: string[]
  readonly at?: string
  readonly zone?: string
  readonly scope?: string
  readonly to?: string[]
  readonly exclude?: string[]
  readonly credentials?: boolean
  readonly keep?: string
  readonly missed?: string
  readonly window?: string
  readonly jitter?: string
  readonly perServer?: string
  readonly rate?: string
  readonly ping?: string
}

/** What was given on the command line; what was not is absent. */
function given(options: ScheduleOptions): Partial<GivenSchedule> {
  const whole = (option: string, text: string, max: number, min: number) =>
    parseWhole(option, text, { min, max })
  return {
    ...(options.source && { sources: options.source.map(parseScheduleSource) }),
    ...(options.at !== undefined && { times: parseTimes(options.at) }),
    ...(options.zone !== undefined && { zone: options.zone }),
    ...(options.scope !== undefined && { scope: parseWord('--scope', options.scope, Scope.options) }),
    ...(options.to && { destinations: options.to }),
    ...(options.exclude && { exclude: options.exclude }),
    ...(options.credentials === false && { credentials: false }),
    ...(options.keep !== undefined && { retention: parseRetention(options.keep) }),
    ...(options.missed !== undefined && { missed: parseMissed(options.missed) }),
    ...(options.window !== undefined && { window: parseWindow(options.window) }),
    ...(options.jitter !== undefined && { jitterMinutes: whole('--jitter', options.jitter, 720, 0) }),
    ...(options.perServer !== undefined && { perServer: whole('--per-server', options.perServer, 16, 1) }),
    ...(options.rate !== undefined && {
      rateMbit: options.rate === 'none' ? null : whole('--rate', options.rate, 100_000, 1),
    }),
    ...(options.ping !== undefined && { pingUrl: options.ping === 'none' ? null : options.ping }),
  }
}

function draft(name: string, options: ScheduleOptions): GivenSchedule {
  const { sources, times, destinations, ...rest } = given(options)
  if (!sources || !times || !destinations)
    throw new AppError('invalid-input', 'A schedule needs --source, --at and --to. Nothing was done.')
  return {
    ...{ name, sources, times, destinations, zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
    ...{ scope: 'full', exclude: [], credentials: true, retention: null, jitterMinutes: 0 },
    ...{ perServer: 1, window: null, missed: { then: 'run' }, pingUrl: null },
    ...rest,
  }
}

async function sourceNames(client: Client, sources: readonly ScheduleSource[]): Promise<readonly string[]> {
  const { servers } = await client.call('servers.list', {})
  return sources.map((each) => {
    const server = servers.find(({ id }) => id === each.serverId)?.name ?? each.serverId
    if (each.pick === 'source') return `${server}/${each.source}`
    return each.pick === 'accounts' ? `every account of ${server}` : `everything on ${server}`
  })
}

/** The exit code of runs that have ended. */
function codeOf(runs: readonly ScheduleRun[]): number {
  const codes = runs.map(({ state, error }) => {
    if (state === 'failed') return error ? errorCodes[error.code].exit : errorCodes.internal.exit
    return state === 'partial' ? errorCodes.partial.exit : 0
  })
  return Math.max(0, ...codes)
}

const rows = (schedules: readonly ScheduleRow[]) =>
  table(
    ['NAME', 'AT', 'NEXT', 'STATE'],
    schedules.map((row) => [
      row.schedule.name,
      `${describeTimes(row.schedule.times)} ${row.schedule.zone}`,
      row.next === null ? '' : localTime(row.next, row.schedule.zone),
      describeStanding(row),
    ]),
  )

const choices = (command: Command) =>
  command
    .option('--source <source>', 'SERVER/SOURCE, SERVER/* (every account) or SERVER; several times', collect)
    .option('--at <times>', 'daily@02:00, weekly:sun@04:00, monthly:1@04:00, monthly:last@04:00, cron:…')
    .option('--zone <zone>', "time zone (default: this computer's)")
    .option('--scope <scope>', 'full, files, databases or email')
    .option('--to <destination>', 'where to; may be given several times', collect)
    .option('--exclude <glob>', 'leave this out; may be given several times', collect)
    .option('--no-credentials', 'leave password hashes out')
    .option('--keep <rules>', 'all, or last=7,daily=14,weekly=4,monthly=12,yearly=2,within=30d')
    .option('--missed <policy>', 'after sleep: run, run-within=6h or wait')
    .option('--window <times>', 'begin only then, like 22:00-06:00, or any')
    .option('--jitter <minutes>', 'begin up to so many minutes later')
    .option('--per-server <count>', 'backups of one server at the same time')
    .option('--rate <mbit>', 'take at most so many megabits a second, each way, or none')
    .option('--ping <url>', 'ask for this address after each good run, or none')

/** Making and changing schedules. */
function addEditing(schedule: Command, run: Run): void {
  choices(schedule.command('add <name>').description('back up by itself'))
    .addHelpText(
      'after',
      "\nExample:\n  holdfast schedule add nightly --source 'web1/*' --at daily@02:00 --to usb --keep last=7,weekly=4",
    )
    .action(
      run(async ({ client, output }, name: string, options: ScheduleOptions) => {
        const open = await client()
        const row = await open.call('schedules.add', { draft: draft(name, options) })
        output.result(row, describeSchedule(row, await sourceNames(open, row.schedule.sources)))
        return undefined
      }),
    )
  choices(schedule.command('edit <name>').description('change a schedule'))
    .addHelpText('after', '\nExample:\n  holdfast schedule edit nightly --at daily@03:30')
    .action(
      run(async ({ client, output }, name: string, options: ScheduleOptions) => {
        const open = await client()
        const row = await open.call('schedules.edit', { name, change: given(options) })
        output.result(row, describeSchedule(row, await sourceNames(open, row.schedule.sources)))
        return undefined
      }),
    )
  schedule
    .command('remove <name>')
    .description('forget a schedule; its backups stay')
    .addHelpText('after', '\nExample:\n  holdfast schedule remove nightly')
    .action(
      run(async ({ client, output }, name: string) => {
        await (await client()).call('schedules.remove', { name })
        output.result({ removed: name }, `Removed ${name}. Its backups stay.`)
        return undefined
      }),
    )
  schedule
    .command('put-off <name>')
    .description('stop the run that is open, and go on with it later')
    .requiredOption('--until <time>', 'like 2026-04-08 or 2026-04-08T06:00')
    .addHelpText('after', '\nExample:\n  holdfast schedule put-off nightly --until 2026-04-08T06:00')
    .action(
      run(async ({ client, output }, name: string, options: { until: string }) => {
        const until = parseInstant('--until', options.until)
        const row = await (await client()).call('schedules.putOff', { name, until })
        output.result(row, rows([row]))
        return undefined
      }),
    )
  for (const verb of ['pause', 'resume'] as const) {
    const command = schedule
      .command(`${verb} [name]`)
      .description(verb === 'pause' ? 'run nothing for a while' : 'run again')
      .option('--all', 'all schedules')
    if (verb === 'pause') command.option('--until <time>', 'like 2026-04-08 or 2026-04-08T06:00')
    command.addHelpText('after', `\nExample:\n  holdfast schedule ${verb} nightly`).action(
      run(async ({ client, output }, name: string | undefined, options: { all?: true; until?: string }) => {
        if ((name === undefined) === (options.all === undefined))
          throw new AppError('invalid-input', 'Give a name, or --all. Nothing was done.')
        const until = options.until === undefined ? null : parseInstant('--until', options.until)
        const open = await client()
        const which = { name: name ?? null }
        const changed = await (verb === 'pause'
          ? open.call('schedules.pause', { ...which, until })
          : open.call('schedules.resume', which))
        output.result(changed, rows(changed.schedules))
        return undefined
      }),
    )
  }
}

/** `holdfast schedule …` */
export const addScheduleCommands: AddCommands = (program, run) => {
  const schedule = program.command('schedule').description('what runs by itself')
  addEditing(schedule, run)
  schedule
    .command('list')
    .description('all schedules, with their next run')
    .addHelpText('after', '\nExample:\n  holdfast schedule list')
    .action(
      run(async ({ client, output }) => {
        const { schedules } = await (await client()).call('schedules.list', {})
        output.result({ schedules }, schedules.length === 0 ? 'No schedule yet.' : rows(schedules))
        return undefined
      }),
    )
  schedule
    .command('show <name>')
    .description('one schedule, and what became of its due times')
    .addHelpText('after', '\nExample:\n  holdfast schedule show nightly')
    .action(
      run(async ({ client, output }, name: string) => {
        const open = await client()
        const shown = await open.call('schedules.show', { name })
        const head = describeSchedule(shown, await sourceNames(open, shown.schedule.sources))
        const lines = shown.runs.slice(0, 20).map((each) => describeRun(each, shown.schedule.zone))
        output.result(shown, [head, ...lines].join('\n'))
        return undefined
      }),
    )
  schedule
    .command('preview <name>')
    .description('the next due times')
    .option('--count <count>', 'how many', '10')
    .addHelpText('after', '\nExample:\n  holdfast schedule preview nightly --count 5')
    .action(
      run(async ({ client, output }, name: string, options: { readonly count: string }) => {
        const count = parseWhole('--count', options.count, { min: 1, max: 100 })
        const preview = await (await client()).call('schedules.preview', { name, count })
        output.result(
          preview,
          preview.runs.map((at) => `${localTime(at, preview.zone)} ${preview.zone}`).join('\n'),
        )
        return undefined
      }),
    )
  schedule
    .command('prune <name>')
    .description('remove what the retention does not keep, in two steps a week apart')
    .option('--dry-run', 'only say what would go and when')
    .option('--confirm <word>', 'agree to a large removal that the dry run showed; several times', collect)
    .addHelpText('after', '\nExample:\n  holdfast schedule prune nightly --dry-run')
    .action(
      run(async (context, name: string, options: { dryRun?: true; confirm?: string[] }) => {
        const open = await context.client()
        if (options.dryRun) {
          const { plans } = await open.call('schedules.planPrune', { name })
          context.output.result({ plans }, plans.map(describePrune).join('\n'))
          return undefined
        }
        const start = async () => [
          (await open.call('schedules.prune', { name, confirmed: options.confirm ?? [] })).job,
        ]
        const [job] = await followJobs(open, start, context)
        if (!job) return undefined
        context.output.result({ result: job }, `${job.title}: ${job.error?.message ?? job.state}`)
        return exitCodeOf(job)
      }),
    )
  schedule
    .command('run <name>')
    .description('run it now; a schedule that is running runs again after that')
    .addHelpText('after', '\nExample:\n  holdfast schedule run nightly')
    .action(
      run(async ({ client, output }, name: string) => {
        const open = await client()
        const started = await open.call('schedules.run', { name })
        output.result(started, `Started ${name}. See: holdfast schedule show ${name}`)
        return undefined
      }),
    )
  schedule
    .command('run-due')
    .description('run what is due and wait for it; for cron or systemd on a machine that is always on')
    .addHelpText('after', '\nExample:\n  holdfast schedule run-due')
    .action(
      run(async ({ client, output }) => {
        const result = await (await client()).call('schedules.runDue', {})
        const runs = result.runs.map((each) => `${each.schedule}\n${describeRun(each, 'UTC')}`)
        const copies = result.copies.map(
          ({ name, destination, error }) =>
            `${name} to ${destination}: ${error === null ? 'copied and verified' : `STILL MISSING. ${error.message}`}`,
        )
        const readBacks = result.readBacks.map(
          ({ name, destination, error }) =>
            `${name} at ${destination}: ${error === null ? 'read back, and good' : error.message}`,
        )
        const lines = [...runs, ...copies, ...readBacks]
        output.result(result, lines.length === 0 ? 'Nothing was due.' : lines.join('\n'))
        const lacks = result.copies.some(({ error }) => error !== null)
        const bad = result.readBacks.some(({ error }) => error?.code === 'corrupt')
        const worst = [lacks && errorCodes.partial.exit, bad && errorCodes.corrupt.exit].map(Number)
        return Math.max(codeOf(result.runs), ...worst)
      }),
    )
}
