import { z } from 'zod'
import { RemoteName } from '../../../../shared/model/name.ts'
import { DatabaseEngine } from '../../../../shared/model/source.ts'

/** What the mapping needs of an archive's `account.json`; further fields are ignored. */
export const ArchiveAccount = z.object({
  name: z.string().min(1),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
  home: RemoteName,
  documentRoots: z.array(RemoteName).default([]),
  mailboxes: z
    .array(z.object({ domain: z.string().nullable(), name: z.string(), path: RemoteName }))
    .default([]),
})
export type ArchiveAccount = z.infer<typeof ArchiveAccount>

/** A database, or a user of a database server, by its name. */
export const NamedDatabase = z.object({ engine: DatabaseEngine, name: z.string().min(1) })
export type NamedDatabase = z.infer<typeof NamedDatabase>

/** The account that is restored into, as the server has it now. */
export interface TargetAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}
