import { AppError } from '../../../../shared/errors.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import { readCronAnswer } from '../../collectors/cron.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import type { RestoreContext } from '../restore-context.ts'

/** Whose crontab is meant, and the way to it. */
export interface CrontabPlace {
  readonly shell: RemoteShell
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly signal: AbortSignal
}

/** The crontab of the account that a restore goes into. */
export function crontabPlace({ target, mapping, signal }: RestoreContext): CrontabPlace {
  const { user, uid, gid, home } = mapping
  return { shell: target.shell, name: user.to, uid: uid.to, gid: gid.to, home: home.to, signal }
}

function values({ name, uid, gid, home }: CrontabPlace) {
  return { user: fromRemoteName(name), uid, gid, home: fromRemoteName(home) }
}

/** An account's crontab as it is now, byte for byte; null where it has none. */
export async function readCrontab(place: CrontabPlace): Promise<Buffer | null> {
  const { shell, name, signal } = place
  const said = await shell.run('cron-read', { values: values(place), signal })
  const read = readCronAnswer(said, { name, privilege: shell.privilege })
  if (read.state === 'text') return read.bytes.length > 0 ? read.bytes : null
  if (read.state === 'none') return null
  throw new AppError(
    'permission-denied',
    `The crontab of ${name} cannot be changed: ${read.state === 'no-tool' ? 'the server has no crontab command' : 'the server does not let this account use crontab'}. Nothing of it was changed.`,
  )
}

/**
 * Makes `bytes` an account's crontab; null removes it. Cron itself judges them. Throws `remote-failed` with what
 * it says; the crontab is then as it was.
 */
export async function writeCrontab(place: CrontabPlace, bytes: Buffer | null): Promise<void> {
  const { shell, name, signal } = place
  async function* whole(): AsyncGenerator<Buffer> {
    if (bytes !== null) yield bytes
  }
  const { codes, stderr } = await shell.run('cron-install', {
    values: { ...values(place), remove: bytes === null ? 1 : 0 },
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
    `The server did not take the crontab of ${name} (${said || `crontab ended with ${String(code)}`}). The one that it has stays as it was; correct the line and try again.`,
    { details: { code: code ?? null } },
  )
}
