import { z } from 'zod'
import { RemoteName } from '../../../shared/model/name.ts'
import { SourceSite } from '../../../shared/model/source.ts'

/** Disk quota of an account on one file system, as the system's own quota has it. 0 is no limit. */
export const AccountQuota = z.object({
  fileSystem: z.string(),
  usedKiB: z.number(),
  softKiB: z.number(),
  hardKiB: z.number(),
  files: z.number(),
  softFiles: z.number(),
  hardFiles: z.number(),
})
export type AccountQuota = z.infer<typeof AccountQuota>

/** The home folder itself. */
export const HomeFolder = z.object({
  /** Octal. */
  mode: z.string().regex(/^[0-7]{1,4}$/),
  uid: z.int(),
  gid: z.int(),
  /** Names of those ids on the server; `UNKNOWN` where they have none. */
  owner: z.string(),
  group: z.string(),
  /** The lines of `getfacl -cpn`, the three of the mode included; null where the server has no getfacl. */
  acl: z.array(z.string()).nullable(),
})
export type HomeFolder = z.infer<typeof HomeFolder>

/** A mailbox, where its mail lies, whose it is, and what Dovecot says of it. */
export const AccountMailbox = z.object({
  /** Null for those of the bare account. */
  domain: z.string().nullable(),
  name: z.string(),
  path: RemoteName,
  uid: z.int(),
  gid: z.int(),
  /** Names of `uid` and `gid` on the server; empty where they have none. */
  owner: z.string().optional(),
  group: z.string().optional(),
  address: z.string().optional(),
  /** Dovecot's home of this user. */
  home: z.string().nullable().optional(),
  /** Dovecot's fields that begin with `quota`, as `NAME=VALUE`. */
  quota: z.array(z.string()).optional(),
})
export type AccountMailbox = z.infer<typeof AccountMailbox>

/**
 * `account.json` (FORMAT §2): all that is needed to make the account again, and no secret. Fields that archives of
 * the first writers lack are optional; unknown fields are ignored.
 */
export const AccountDocument = z.object({
  name: z.string(),
  uid: z.int(),
  gid: z.int(),
  gecos: z.string(),
  /** By name, the primary one first. */
  groups: z.array(z.string()),
  groupIds: z.array(z.object({ name: z.string(), gid: z.int() })).optional(),
  shell: z.string(),
  home: RemoteName,
  /** Null where it is not there, or could not be looked at. */
  homeFolder: HomeFolder.nullable().optional(),
  /** Null where the server keeps no quota of this account, or does not tell. */
  quota: z.array(AccountQuota).nullable().optional(),
  /** Whether services of the account run without a login. */
  linger: z.boolean().optional(),
  hasCrontab: z.boolean().optional(),
  domains: z.array(z.string()),
  documentRoots: z.array(RemoteName),
  sites: z.array(SourceSite).optional(),
  /** Folders and files outside of the home. */
  paths: z.array(RemoteName).optional(),
  mailboxes: z.array(AccountMailbox),
  panel: z.string().nullable(),
  panelVersion: z.string().nullable().optional(),
  os: z.string(),
})
export type AccountDocument = z.infer<typeof AccountDocument>
