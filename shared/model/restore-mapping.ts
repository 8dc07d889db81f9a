import { z } from 'zod'
import { RemoteName } from './name.ts'
import { DatabaseEngine } from './source.ts'

/** A name in the backup, and the name that stands for it at the target. */
export const MappedName = z.strictObject({ from: z.string().min(1), to: z.string().min(1) })
export type MappedName = z.infer<typeof MappedName>

/** A numeric owner in the backup, and the one at the target. */
export const MappedId = z.strictObject({ from: z.int().nonnegative(), to: z.int().nonnegative() })
export type MappedId = z.infer<typeof MappedId>

/** An absolute path on the backup's server, and where it lies at the target. */
export const MappedPath = z.strictObject({ from: RemoteName, to: RemoteName })
export type MappedPath = z.infer<typeof MappedPath>

/** A database, or a user of a database server. */
export const MappedDatabase = z.strictObject({ engine: DatabaseEngine, ...MappedName.shape })
export type MappedDatabase = z.infer<typeof MappedDatabase>

/** A mail domain; `paths` are the folders of its mailboxes, as far as they carry its name. */
export const MappedDomain = z.strictObject({ ...MappedName.shape, paths: z.array(MappedPath) })
export type MappedDomain = z.infer<typeof MappedDomain>

/**
 * What is called what after a restore: the one table that owners, ACLs, crontabs, application configuration and
 * databases follow. Everything that the backup holds has a row, also where nothing changes.
 */
export const RestoreMapping = z.strictObject({
  user: MappedName,
  uid: MappedId,
  gid: MappedId,
  home: MappedPath,
  /** Folders outside the home. */
  paths: z.array(MappedPath),
  databases: z.array(MappedDatabase),
  databaseUsers: z.array(MappedDatabase),
  domains: z.array(MappedDomain),
})
export type RestoreMapping = z.infer<typeof RestoreMapping>

/** What `--map` may rename. */
export const MapKind = z.enum(['user', 'uid', 'gid', 'home', 'db', 'dbuser', 'domain'])
export type MapKind = z.infer<typeof MapKind>

/** One `--map KIND:OLD=NEW`. Either name may hold `=`: which one is meant shows when OLD is looked up. */
export const MapOverride = z.strictObject({ kind: MapKind, rename: z.string().min(3) })
export type MapOverride = z.infer<typeof MapOverride>
