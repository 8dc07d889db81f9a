import { z } from 'zod'
import { loginRules } from '../login-rules.ts'

/** The name that the user gives to a server, a destination or a schedule; used in commands and folder names. */
export const ProfileName = z.string().regex(loginRules.name.pattern, loginRules.name.wrong)

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
