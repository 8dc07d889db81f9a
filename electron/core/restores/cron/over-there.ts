import { AppError } from '../../../../shared/errors.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { readCronAnswer } from '../../collectors/cron.ts'
import type { RestoreContext } from '../restore-context.ts'

function values({ mapping }: RestoreContext) {
  const home = fromRemoteName(mapping.home.to)
  return { user: mapping.user.to, uid: mapping.uid.to, gid: mapping.gid.to, home }
}

/** The target account's crontab as it is now, byte for byte; null where it has none. */
export async function readCrontab(context: RestoreContext): Promise<Buffer | null> {
  const { target, signal } = context
  const said = await target.shell.run('cron-read', { values: values(context), signal })
  const name = context.mapping.user.to
  const read = readCronAnswer(said, { name, privilege: target.shell.privilege })
  if (read.state === 'text') return read.bytes.length > 0 ? read.bytes : null
  if (read.state === 'none') return null
  throw new AppError(
    'permission-denied',
    `The crontab of ${name} cannot be changed: ${read.state === 'no-tool' ? 'the server has no crontab command' : 'the server does not let this account use crontab'}. Nothing of it was changed.`,
  )
}

/**
 * Makes `bytes` the target account's crontab; null removes it. Cron itself judges them. Throws `remote-failed` with what
 * it says; the crontab is then as it was.
 */
export async function writeCrontab(context: RestoreContext, bytes: Buffer | null): Promise<void> {
  const { target, signal } = context
  async function* whole(): AsyncGenerator<Buffer> {
    if (bytes !== null) yield bytes
  }
  const { codes, stderr } = await target.shell.run('cron-install', {
    values: { ...values(context), remove: bytes === null ? 1 : 0 },
    input: whole(),
    signal,
  })
  const code = codes.get('crontab')
  if (code === 0) return
  const said = stderr
    .map(String)
    .filter((line) => line.trim() !== '')
    .slice(0, 3)
    .join(' ')
  throw new AppError(
    'remote-failed',
    `The server did not take the crontab of ${context.mapping.user.to} (${said || `crontab ended with ${String(code)}`}). The one that it has stays as it was; correct the line and try again.`,
    { details: { code: code ?? null } },
  )
}
