import type { SFTPWrapper } from 'ssh2'
import { AppError, cancellation } from '../../../shared/errors.ts'
import type { SshConnection } from './ssh-connection.ts'

/** SFTP over a connection. */
export interface SftpSession {
  readonly sftp: SFTPWrapper
  /** Aborted, with an `AppError` as reason, when the session or its connection is gone. */
  readonly lost: AbortSignal
  /** Bytes that the server takes in one request, a multiple of 32 KiB. */
  readonly writeSize: number
}

/** What every server takes in one request (draft-ietf-secsh-filexfer-02 §3). */
const smallestWrite = 32 * 1024
/** OpenSSH takes packets of 256 KiB. */
const largestWrite = 224 * 1024

/** ssh2 asks a server for its limits and keeps what it said, or what is known of its program, to itself. */
function writeSizeOf(sftp: SFTPWrapper): number {
  const said = (sftp as { readonly _maxWriteLen?: unknown })._maxWriteLen
  if (typeof said !== 'number') return smallestWrite
  const most = Math.min(said, largestWrite)
  return Math.max(smallestWrite, most - (most % smallestWrite))
}

/** Opens a session over a connection, which stays the caller's. Throws `permission-denied` where there is no SFTP. */
export async function openSftpSession(
  connection: SshConnection,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<SftpSession> {
  const sftp = await connection.sftp({ signal })
  const lost = new AbortController()
  const closed = (cause?: unknown) =>
    lost.abort(
      new AppError(
        'connection-lost',
        `${name} ended the SFTP session. What was finished before stays as it was; start this again.`,
        { cause },
      ),
    )
  sftp.on('error', closed)
  sftp.once('close', closed)
  connection.lost.addEventListener('abort', () => lost.abort(cancellation(connection.lost)), { once: true })
  return { sftp, lost: lost.signal, writeSize: writeSizeOf(sftp) }
}
