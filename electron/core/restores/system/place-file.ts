import { createHash } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { ScriptEnd } from '../../remote/shell.ts'
import type { StepContext } from '../restore-context.ts'

/** A step that puts one file in the place of another. */
export type PlacingStep = Omit<StepOf<'replace-file'>, 'kind' | 'from'>

type Action = 'read' | 'prepare' | 'apply' | 'sum' | 'rollback' | 'commit' | 'remove'

/** Runs one action of `place-file.sh`. Throws `permission-denied` where somebody else could get at the way to the file. */
async function onFile(
  step: PlacingStep,
  { target, mark, noted, signal }: StepContext,
  action: Action,
  { expected = '', input }: { readonly expected?: string; readonly input?: AsyncIterable<Uint8Array> } = {},
): Promise<ScriptEnd & { readonly output: Buffer }> {
  const { placed, made } = noted()
  const said = await target.shell.run('place-file', {
    values: {
      ...{ action, expected, mark: `${mark}-${step.id}`, path: fromRemoteName(step.path) },
      ...{ uid: step.uid, gid: step.gid, mode: step.mode.toString(8), made: made === true ? 1 : 0 },
      placed: typeof placed === 'string' ? placed : '',
    },
    args: step.companions,
    signal,
    ...(input && { input }),
  })
  if (!said.codes.has('unsafe')) return said
  throw new AppError(
    'permission-denied',
    `${step.path} lies in a folder that others than root can write to, so root does not touch it. It stays as it is; put it there by hand.`,
  )
}

/** The file over there as it is; null where there is none. Throws `conflict` where something else lies there. */
export async function readPlaced(step: PlacingStep, context: StepContext): Promise<Buffer | null> {
  const { codes, output, stderr } = await onFile(step, context, 'read')
  const kind = codes.get('kind')
  if (kind === 1) return null
  if (kind === 2)
    throw new AppError('conflict', `What lies at ${step.path} is no file. It stays as it is; move it away.`)
  if (kind !== 0 || codes.get('read') !== 0) throw failed(step, 'be read', stderr)
  return output
}

/** Brings the new content over there, beside the file that is in use, and notes its SHA-256 as `placed`. */
export async function bringFile(
  step: PlacingStep,
  context: StepContext,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const hash = createHash('sha256')
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      hash.update(chunk)
      yield chunk
    }
  }
  const { codes, stderr } = await onFile(step, context, 'prepare', { input: hashed() })
  if (codes.get('place') !== 0) throw failed(step, 'be brought over', stderr)
  await context.noteFacts({ placed: hash.digest('hex') })
}

/** Exchanges the two. `expected`: what the old content must be, null for none, undefined for any. Throws `conflict`. */
export async function exchangeFile(
  step: PlacingStep,
  context: StepContext,
  expected?: Buffer | null,
): Promise<void> {
  const before = expected === undefined ? await readPlaced(step, context) : expected
  await context.noteFacts({ made: before === null })
  const sum = before === null ? 'none' : createHash('sha256').update(before).digest('hex')
  const { codes, stderr } = await onFile(step, context, 'apply', { expected: sum })
  const code = codes.get('place')
  if (code === 3)
    throw new AppError(
      'conflict',
      `${step.path} changed while it was being replaced. It stays as it is; try again.`,
    )
  if (code !== 0) throw failed(step, 'be replaced', stderr)
}

/** Whether the file over there is the one that was brought, with the owner and mode that it was to have. */
export async function isPlaced(step: PlacingStep, context: StepContext): Promise<boolean> {
  const { facts } = await onFile(step, context, 'sum')
  const wanted = `${step.uid} ${step.gid} ${step.mode.toString(8)}`
  return facts.get('sum') === context.noted()['placed'] && facts.get('facts') === wanted
}

/** Puts back what was there, lets it go, or removes what was not there before. May be called more than once. */
export async function settleFile(
  step: PlacingStep,
  context: StepContext,
  action: 'rollback' | 'commit' | 'remove',
): Promise<void> {
  const { codes, stderr } = await onFile(step, context, action)
  if (codes.get('place') !== 0)
    throw failed(step, action === 'rollback' ? 'be put back' : 'be removed', stderr)
}

function failed({ path }: PlacingStep, what: string, stderr: readonly Buffer[]): AppError {
  const said = stderr
    .slice(-2)
    .map((line) => toRemoteName(line))
    .join(' ')
  return new AppError(
    'write-failed',
    `${path} could not ${what} (${said || 'no reason given'}). What was there before is there or beside it.`,
  )
}
