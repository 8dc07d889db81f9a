import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import type { DatabaseLogin } from '../../collectors/collector.ts'
import { textLines } from '../../collectors/mysql/server.ts'
import { packed, unpacked } from '../mysql/stored-programs.ts'
import { ownLogin } from '../own-login.ts'
import { postgresqlService } from '../../sources/config/client-options.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { Expected, expectedOf, missingFrom, sizeOf } from './counted.ts'
import { dumpContents } from './dump-contents.ts'
import { askAsOwn } from './ask-as-own.ts'
import { passing } from './passing.ts'
import { complaint, dumpEntry, dumpFlow, listOf } from './read-dump.ts'
import { relation } from './sql.ts'
import { Contents, contentsQuestion } from './target-server.ts'

type Step = StepOf<'import-database'>

/** Drops what comes and makes it, all in one transaction that the first error ends. */
const anew = ['--clean', '--if-exists', '--single-transaction', '--no-owner', '--no-tablespaces']

/** What a rollback drops where only the backup had it, for the old things could not be made again under it. */
const droppable = new Set(['VIEW', 'MATERIALIZED VIEW', 'TABLE', 'SEQUENCE'])

function loginOf(step: Step, context: StepContext): DatabaseLogin {
  const login = ownLogin(context, { engine: 'postgresql', database: step.database })
  if (login !== null) return login
  throw new AppError(
    'remote-failed',
    `No configuration file of the account has a login any more that opens ${step.database}.`,
  )
}

async function run(
  step: Step,
  context: StepContext,
  {
    action,
    args = [],
    list = '',
    input,
  }: {
    readonly action: 'save' | 'import' | 'back' | 'forget'
    readonly args?: readonly string[]
    readonly list?: string
    readonly input?: AsyncIterable<Buffer>
  },
): Promise<{ readonly code: number | null; readonly said: string }> {
  const login = postgresqlService(loginOf(step, context), step.database)
  const { codes, stderr } = await context.target.shell.run('postgresql-own', {
    values: { login, list, action, name: step.scratch },
    ...{ args, signal: context.signal },
    ...(input === undefined ? {} : { input }),
  })
  const code = codes.get('own') ?? null
  return { code, said: complaint(textLines(stderr), code) }
}

function contentsNow(step: Step, context: StepContext): Promise<Contents> {
  const options = { database: step.database, sql: contentsQuestion, schema: Contents }
  return askAsOwn(context, loginOf(step, context), options)
}

/** Saves the database as a dump in the home, so that a failure of a later step can be taken back too. */
export async function prepareInPlace(step: Step, context: StepContext): Promise<void> {
  await context.noteFacts({ begun: true })
  const { code, said } = await run(step, context, { action: 'save' })
  if (code === 0) return
  throw new AppError(
    'remote-failed',
    `${step.database} could not be saved in the home before (${said}). Nothing was changed.`,
  )
}

async function apply(step: Step, context: StepContext): Promise<void> {
  const contents = await dumpContents(context.archive.reader, dumpEntry(step, context), context)
  const now = await contentsNow(step, context)
  const extensions = new Set(now.extensions.map(({ name }) => name))
  const provided = { extensions, schemas: new Set(['public']) }
  const { entries } = passing(contents?.entries ?? [], { grants: true, provided })
  const expected = expectedOf(entries)
  const had = new Set(now.relations.map(({ schema, name }) => `${schema}.${name}`))
  const added = entries.filter(({ kind, schema, tag }) => droppable.has(kind) && !had.has(`${schema}.${tag}`))
  await context.noteFacts({
    importing: true,
    dump: packed({ expected, added: added.map(({ kind, schema, tag }) => ({ kind, schema, name: tag })) }),
  })
  const flow = dumpFlow(step, context)
  const list = listOf(entries)
  const { code, said } = await run(step, context, { action: 'import', args: anew, list, input: flow.bytes })
  if (code !== 0) {
    await context.noteFacts({ importing: false })
    throw new AppError(
      'remote-failed',
      `The PostgreSQL server did not take the dump of ${step.fromDatabase} (${said}). It ended the transaction, so ${step.database} is as it was.`,
    )
  }
  flow.requireWhole()
}

const Noted = z.object({
  expected: Expected,
  added: z.array(z.object({ kind: z.string(), schema: z.string(), name: z.string() })),
})

async function check(step: Step, context: StepContext): Promise<ComponentReport> {
  const { expected } = Noted.parse(unpacked(context.noted()['dump']))
  const missing = missingFrom(await contentsNow(step, context), expected)
  const of = sizeOf(expected)
  return {
    ...{ component: step.component, unit: 'tables and programs', of, good: of - missing.length },
    how: 'made in one transaction that any error would have ended, then read back',
    bad: missing.slice(0, 1000).map((name) => `${name} is not there`),
  }
}

async function rollback(step: Step, context: StepContext): Promise<void> {
  const noted = context.noted()
  if (noted['begun'] !== true) return
  if (noted['importing'] === true) {
    const { data } = Noted.safeParse(unpacked(noted['dump']))
    const drops = (data?.added ?? [])
      .filter(({ kind }) => droppable.has(kind))
      .map((one) => `DROP ${one.kind} IF EXISTS ${relation(one)} CASCADE; `)
    if (drops.length > 0) {
      await askAsOwn(context, loginOf(step, context), {
        database: step.database,
        sql: `${drops.join('')}SELECT 'true'`,
        schema: z.literal(true),
      })
    }
    const { code, said } = await run(step, context, { action: 'back', args: anew })
    if (code !== 0) {
      throw new AppError(
        'remote-failed',
        `${step.database} could not be put back from .holdfast-${step.scratch}.dump in the home (${said}). The file is still there.`,
      )
    }
  }
  await run(step, context, { action: 'forget' })
  await context.noteFacts({ begun: false, importing: false })
}

/** Reads a dump in the place of what is in a database, as the account's own login. */
export const inPlace: StepKind<Step> = {
  prepare: prepareInPlace,
  ...{ apply, check, rollback },
  async commit(step, context) {
    await run(step, context, { action: 'forget' })
  },
}
