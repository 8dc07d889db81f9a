import { z } from 'zod'

/** The name that the user gives to a server, a destination or a schedule; used in commands and folder names. */
export const ProfileName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'Use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit.',
  )

/**
 * A name as bytes on the server, for people and JSON: UTF-8 where it is valid, otherwise every byte that is not
 * part of valid UTF-8 stands as `\xHH`, and a backslash as `\\`.
 */
export const RemoteName = z.string().min(1).max(4096)

/** An instant as ISO 8601 in UTC with milliseconds. */
export const Instant = z.iso.datetime()
export type Instant = z.infer<typeof Instant>

/** SHA-256 in lower-case hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** A UUIDv7 of a backup, a job or a server. */
export const Id = z.uuid()
