import { z } from 'zod'

/** Days, as shadow(5) counts them; null where the field is empty. */
const days = z.int().nullable()

/** The account's line of `/etc/shadow`. `hash` is the field as it is, with the marks of a locked account. */
export const UnixCredentials = z.object({
  user: z.string(),
  hash: z.string(),
  /** Since 1970-01-01, as `expires`. */
  lastChange: days.optional(),
  minimum: days.optional(),
  maximum: days.optional(),
  warning: days.optional(),
  inactive: days.optional(),
  expires: days.optional(),
})
export type UnixCredentials = z.infer<typeof UnixCredentials>

/** A mailbox's password as a passwd-file of Dovecot keeps it; with the scheme PLAIN, `hash` is the password itself. */
export const MailboxCredentials = z.object({
  address: z.string(),
  /** Dovecot's name of it, as it stands in the file or as the default is. */
  scheme: z.string(),
  hash: z.string(),
  /** The file on the server. */
  from: z.string(),
})
export type MailboxCredentials = z.infer<typeof MailboxCredentials>

/** `credentials.json` (FORMAT §2). Hashes of databases lie beside their dumps. */
export const CredentialsDocument = z.object({
  unix: UnixCredentials.optional(),
  mailboxes: z.array(MailboxCredentials).optional(),
})
export type CredentialsDocument = z.infer<typeof CredentialsDocument>
