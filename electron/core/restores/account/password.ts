import type { UnixCredentials } from '../../archive/credentials-document.ts'
import type { RestoreArchive } from '../restore-context.ts'
import { isPowerful } from './ids.ts'

/** crypt(5) in its modular form; an exclamation mark before it locks it. Never empty, which would let anybody in. */
const modular = /^!?\$(1|2[abxy]|5|6|7|y|gy)\$[A-Za-z0-9./$,=+-]{8,250}$/

/** The password that a new account gets. */
export type NewPassword =
  | { readonly kind: 'hash'; readonly unix: UnixCredentials }
  | { readonly kind: 'locked'; readonly why: string }

/**
 * The account's password in the backup as a hash, or why it has none: the backup has no credentials, they are of a kind
 * that is not known, or the account could become root where it was: such a one never gets a password from a backup.
 */
export function newPassword({ account, credentials }: RestoreArchive): NewPassword {
  if (account?.uid === 0 || account?.groups.some((group) => isPowerful(group)) === true) {
    return {
      kind: 'locked',
      why: 'it could become root where it was, and such accounts get none from a backup',
    }
  }
  const unix = credentials?.unix
  if (unix === undefined) return { kind: 'locked', why: 'the backup holds none' }
  if (!modular.test(unix.hash)) return { kind: 'locked', why: 'it had none with which one could log in' }
  return { kind: 'hash', unix }
}
