import type { SFTPWrapper } from 'ssh2'
import type { DestinationProfile } from '../../../../shared/model/destination.ts'

export type SftpProfile = Extract<DestinationProfile, { kind: 'sftp' }>

/** An SFTP session over a connection whose host key was verified. Disposing closes both. */
export interface SftpLink extends AsyncDisposable {
  readonly sftp: SFTPWrapper
  /** Aborted, with an `AppError` as reason, when the session is gone. */
  readonly lost: AbortSignal
  /** Bytes that the server takes in one request. */
  readonly writeSize: number
}

/** How a host of the product opens one. Throws as a login to a server does. */
export type OpenSftp = (profile: SftpProfile, options: { readonly signal: AbortSignal }) => Promise<SftpLink>
