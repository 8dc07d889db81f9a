import { z } from 'zod'
import { RemoteName } from './name.ts'

/** Why we believe that something belongs to a source. Listed best first: the admin's word wins. */
export const Evidence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('admin') }),
  z.strictObject({ kind: z.literal('grant'), user: z.string(), host: z.string(), exact: z.boolean() }),
  z.strictObject({ kind: z.literal('owner'), role: z.string() }),
  z.strictObject({ kind: z.literal('prefix'), prefix: z.string() }),
  z.strictObject({ kind: z.literal('config-file'), path: RemoteName }),
  z.strictObject({ kind: z.literal('virtual-host'), path: RemoteName, names: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('mail-user'), mailbox: z.string() }),
  z.strictObject({ kind: z.literal('home') }),
  z.strictObject({ kind: z.literal('login') }),
])
export type Evidence = z.infer<typeof Evidence>

export const DatabaseEngine = z.enum(['mysql', 'postgresql'])
export type DatabaseEngine = z.infer<typeof DatabaseEngine>

/** A database of a source. `bytes` is the server's own estimate. */
export const SourceDatabase = z.strictObject({
  engine: DatabaseEngine,
  name: z.string(),
  bytes: z.number(),
  evidence: z.array(Evidence),
})
export type SourceDatabase = z.infer<typeof SourceDatabase>

/** A mailbox: `domain` null for the bare account's own. `path` is its Maildir. */
export const SourceMailbox = z.strictObject({
  domain: z.string().nullable(),
  name: z.string(),
  path: RemoteName,
  uid: z.int(),
  gid: z.int(),
  insideHome: z.boolean(),
  evidence: z.array(Evidence),
})
export type SourceMailbox = z.infer<typeof SourceMailbox>

/** A further folder outside the home that belongs to a source. */
export const SourcePath = z.strictObject({ path: RemoteName, evidence: z.array(Evidence) })
export type SourcePath = z.infer<typeof SourcePath>

/** A virtual host of a source. */
export const SourceSite = z.strictObject({
  /** Without `www.`, wildcards and catch-alls. */
  names: z.array(z.string()),
  root: RemoteName,
  /** The configuration file that holds it. */
  file: RemoteName,
  /** PHP's version, by the place of the pool file that serves it; null where that does not say. */
  php: z.string().nullable(),
})
export type SourceSite = z.infer<typeof SourceSite>

/** A hosting account. */
export const AccountSource = z.strictObject({
  kind: z.literal('account'),
  name: z.string(),
  uid: z.int(),
  gid: z.int(),
  /** All groups by name, the primary one first. */
  groups: z.array(z.string()),
  gecos: z.string(),
  home: RemoteName,
  homeExists: z.boolean(),
  shell: z.string(),
  /** Bytes on disk in the home, or null where they were not counted. */
  homeBytes: z.number().nullable(),
  databases: z.array(SourceDatabase),
  mailboxes: z.array(SourceMailbox),
  paths: z.array(SourcePath),
  sites: z.array(SourceSite),
  hasCrontab: z.boolean(),
  /** Virtual hosts, PHP pools and certificates that name the source's roots (root login only). */
  configFiles: z.array(RemoteName),
  domains: z.array(z.string()),
})
export type AccountSource = z.infer<typeof AccountSource>

/** One thing that can be backed up. The kinds system, site and tenant join this union with their issues. */
export const Source = z.discriminatedUnion('kind', [AccountSource])
export type Source = z.infer<typeof Source>

/** What the admin decided about a source; wins over all evidence. */
export const SourceOverrides = z.strictObject({
  addPaths: z.array(RemoteName),
  removePaths: z.array(RemoteName),
  addDatabases: z.array(z.string()),
  removeDatabases: z.array(z.string()),
  addMail: z.array(z.string()),
  removeMail: z.array(z.string()),
  /** Globs that are always left out. */
  exclude: z.array(z.string()),
  /** Honour `.nobackup` files: the folder and the file stay, the rest is left out. */
  nobackupTag: z.boolean(),
  /** Known gaps as `CODE:PATH`: still listed, no longer a reason for partial. */
  accept: z.array(z.string()),
})
export type SourceOverrides = z.infer<typeof SourceOverrides>

/** Data on a server that no source holds. */
export const Unclaimed = z.strictObject({
  kind: z.enum(['document-root', 'database', 'mail-domain', 'cron-job']),
  name: z.string(),
  /** Where it was seen: a virtual host file, a database server, a cron file. */
  where: z.string(),
  bytes: z.number().nullable(),
})
export type Unclaimed = z.infer<typeof Unclaimed>

/** Something that the search could not look at, and why, in words. */
export const DiscoveryNote = z.strictObject({ path: RemoteName, why: z.string() })
export type DiscoveryNote = z.infer<typeof DiscoveryNote>

/** A part of a server that is there and did not answer: what it holds is unknown, so it may be in no backup. */
export const Unanswered = z.strictObject({
  ...DiscoveryNote.shape,
  /** The components that it would have had a say in. */
  kind: z.enum(['mysql', 'postgresql', 'mail']),
})
export type Unanswered = z.infer<typeof Unanswered>

/** All that a look at a server found. */
export const Discovery = z.strictObject({
  sources: z.array(Source),
  unclaimed: z.array(Unclaimed),
  notes: z.array(DiscoveryNote),
  failed: z.array(Unanswered),
})
export type Discovery = z.infer<typeof Discovery>
