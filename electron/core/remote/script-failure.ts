import { AppError } from '../../../shared/errors.ts'
import { escapeForDisplay, formatBytes } from '../../../shared/format.ts'
import type { Secret } from '../secrets/secret.ts'
import type { ExitStatus, RemoteCommand } from './connection.ts'
import type { ScriptName } from './shell.ts'

const LINES = 20

/** Lines from a server as they may be shown: no control characters, none of the script's secrets, at most the last 20. */
export function printableLines(lines: readonly Buffer[], secrets: readonly Secret[]): readonly string[] {
  return lines.slice(-LINES).map((line) => {
    const text = secrets.reduce((rest, secret) => withoutSecret(rest, secret), line.toString())
    return escapeForDisplay(text.slice(0, 1000))
  })
}

function withoutSecret(text: string, secret: Secret): string {
  const value = secret.reveal()
  return value === '' ? text : text.replaceAll(value, String(secret))
}

/** A script whose channel broke off: the end of its output says nothing. */
export function lostError(script: ScriptName, bytes: number, cause?: unknown): AppError {
  return new AppError(
    'connection-lost',
    `The connection to the server broke after ${formatBytes(bytes)} of this step; what was finished before is safe. Try again.`,
    { cause, details: { script, bytes } },
  )
}

/** What is known of a script that did not do all of its work. */
export interface Failure {
  readonly script: ScriptName
  readonly status: ExitStatus
  readonly bytes: number
  readonly stderr: readonly string[]
}

/** A script that said BEGIN and then did not come to a good end. */
export function scriptError(failure: Failure): AppError {
  const { script, status, bytes, stderr } = failure
  const how =
    status.signal !== null
      ? `was killed by ${status.signal}`
      : status.code === 0
        ? 'stopped before its end'
        : `ended with code ${status.code ?? 'unknown'}`
  const said = stderr.at(-1)
  return new AppError(
    'remote-failed',
    `The script ${script} ${how} on the server, so its output was not used${said ? `: ${said}` : ''}.`,
    { details: { script, code: status.code, signal: status.signal, bytes, stderr } },
  )
}

/** A script that is to print as long as all is well, and did not for `limit` milliseconds. */
export function silentError(script: ScriptName, limit: number): AppError {
  const minutes = Math.round(limit / 60_000)
  return new AppError(
    'remote-failed',
    `The script ${script} said nothing for ${minutes} minutes and was ended, so its output was not used; everything else goes on. See on the server what it waits for.`,
    { details: { script, minutes } },
  )
}

/** A login that never got as far as our script. `said` is the first that it printed, or what sudo wrote. */
export function unusableError(
  command: RemoteCommand,
  status: ExitStatus | null,
  said: readonly string[],
): AppError {
  const words = said.at(-1)
  const quoted = words ? ` The server said: ${words}` : ''
  const details = { command, code: status?.code ?? null, signal: status?.signal ?? null, said }
  if (command === 'login') {
    return new AppError(
      'remote-failed',
      `This login does not give a usable shell, so nothing was read or changed. Allow it /bin/sh, or use another login.${quoted}`,
      { details },
    )
  }
  if (status?.code === 127) {
    return new AppError(
      'tool-missing',
      `The server has no sudo, so nothing was read or changed. Log in as root, or set elevation to none.${quoted}`,
      { details },
    )
  }
  return new AppError(
    'permission-denied',
    `This login may not become root with sudo${command === 'sudo' ? ' without a password' : ''}, so nothing was read or changed. Allow it in sudoers, without requiretty, or use another login.${quoted}`,
    { details },
  )
}
