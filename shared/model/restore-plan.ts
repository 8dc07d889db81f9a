import { z } from 'zod'
import { Advice } from './advice.ts'
import { ComponentKind, Scope } from './backup.ts'
import { Instant, RemoteName, Sha256 } from './name.ts'
import { RestoreMapping } from './restore-mapping.ts'
import { DatabaseEngine } from './source.ts'

/** A list that may be long: its first thousand lines, and how many there are in all. */
export const PlanList = z.strictObject({ count: z.int(), first: z.array(z.string()) })
export type PlanList = z.infer<typeof PlanList>

/** What every step says for people, besides what it needs itself. */
const step = {
  /** `1`, `2` … in the order in which steps are applied. */
  id: z.string(),
  /** The component that it belongs to, like `files` or `mysql alice_wp`; what a report counts by. */
  component: z.string(),
  /** What will happen, in one line. */
  title: z.string(),
  /** How it is taken back, in one line. */
  undo: z.string(),
}

const account = { account: z.string(), uid: z.int(), gid: z.int() }

/** Makes the account and the folder that is its home. */
export const CreateAccountStep = z.strictObject({
  ...step,
  kind: z.literal('create-account'),
  ...account,
  group: z.string(),
  /** False where the primary group is one that the server has. */
  makesGroup: z.boolean(),
  /** Further groups, all of them there. */
  groups: z.array(z.string()),
  home: RemoteName,
  homeMode: z.int(),
  /** By name; the account and its group, but where the backup's home belonged to somebody else who is there. */
  homeOwner: z.string(),
  homeGroup: z.string(),
  /** Further entries of the home's ACL, as setfacl takes them. */
  homeAcl: z.array(z.string()),
  shell: z.string(),
  gecos: z.string(),
  /** `hash`: that of the backup; `locked`: none, so the report says how to set one. */
  password: z.enum(['hash', 'locked']),
})

/** A file of an application's own configuration, and what of it is rewritten on its way into the tree. */
export const ConfigurationFile = z.strictObject({
  /** Below the root. */
  path: RemoteName,
  /** Each value that is changed; lines from 1, passwords as `[secret]`. */
  changes: z.array(z.strictObject({ line: z.int(), what: z.string(), from: z.string(), to: z.string() })),
  /** Places that a person must look at, and why. */
  notUnderstood: z.array(z.strictObject({ line: z.int(), why: z.string() })),
  /** Where the password of a database user stands, who has this name at the target. */
  logins: z.array(z.strictObject({ line: z.int(), engine: DatabaseEngine, user: z.string() })),
  /** What the file then is; null where it stays as it is in the archive. */
  result: z.strictObject({ size: z.int(), sha256: Sha256 }).nullable(),
})
export type ConfigurationFile = z.infer<typeof ConfigurationFile>

/** Puts a tree of files in the place of what lies there. */
export const PutTreeStep = z.strictObject({
  ...step,
  kind: z.literal('put-tree'),
  ...account,
  /** The folder in the archive, like `files` or `paths/srv/site`. */
  from: RemoteName,
  /** The absolute path over there. */
  root: RemoteName,
  /** `exchange`: beside the root, then entry by entry; `inside`: the same from a folder in it, as the tenant. */
  method: z.enum(['exchange', 'inside']),
  /** Only these paths below `from`; empty for all. */
  items: z.array(RemoteName),
  /** Paths below the root that stay as they are, also within folders that are replaced. */
  kept: z.array(RemoteName),
  /** Nothing of the target is removed. */
  keepExtra: z.boolean(),
  /** Recognised configuration of applications, where names differ at the target or its logins do. */
  configuration: z.array(ConfigurationFile),
})

/** Makes the users, grants and empty databases that the dumps need. */
export const DatabaseServerStep = z.strictObject({
  ...step,
  kind: z.literal('database-server'),
  engine: DatabaseEngine,
  users: z.array(z.strictObject({ name: z.string(), host: z.string(), exists: z.boolean() })),
  databases: z.array(z.strictObject({ name: z.string(), exists: z.boolean() })),
})

/** A right of a database user on one table or routine of a database. */
export const DatabaseRight = z.strictObject({
  user: z.string(),
  host: z.string(),
  on: z.enum(['table', 'procedure', 'function']),
  name: z.string(),
  /** No `columns`: on the whole of it. */
  privileges: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()) })),
})
export type DatabaseRight = z.infer<typeof DatabaseRight>

/** Puts the tables and programs of a dump in the place of a database's. */
export const ImportDatabaseStep = z.strictObject({
  ...step,
  kind: z.literal('import-database'),
  engine: DatabaseEngine,
  /** The dump in the archive. */
  from: RemoteName,
  fromDatabase: z.string(),
  database: z.string(),
  /** `swap`: into a second database, then exchanged at once; `in-place`: object by object after a safety backup. */
  method: z.enum(['swap', 'in-place']),
  /** Why the method is the one it is. */
  why: z.string(),
  /** The second database. */
  scratch: z.string(),
  /** Who owns programs: `user@host`, or the PostgreSQL role. */
  owner: z.string(),
  /** Given when tables and routines are there; only to users that this restore makes. */
  rights: z.array(DatabaseRight).default([]),
  /** One table only, and the name that it gets. */
  table: z.strictObject({ name: z.string(), as: z.string() }).nullable(),
})

/** Puts the messages of one mailbox, or of some of its folders. */
export const PutMailboxStep = z.strictObject({
  ...step,
  kind: z.literal('put-mailbox'),
  /** Who owns the mailbox over there and does all of the work; the name is empty where the uid has none. */
  ...account,
  /** The mailbox's folder in the archive, and the one of the mailbox over there in a backup of the target. */
  from: RemoteName,
  saved: RemoteName,
  /** The mailbox's own folder over there, and the folder around it, or itself, that the new one waits in. */
  path: RemoteName,
  root: RemoteName,
  method: z.enum(['replace', 'merge']),
  /** Only these paths below `from`; empty for all. */
  items: z.array(RemoteName),
  /** Folders below `path` that are mailboxes of their own, which stay. */
  held: z.array(RemoteName),
  /** Nothing of the target is removed. */
  keepExtra: z.boolean(),
})

/** Installs a crontab, its lines commented out where `enabled` is false. */
export const InstallCrontabStep = z.strictObject({
  ...step,
  kind: z.literal('install-crontab'),
  ...account,
  from: RemoteName,
  enabled: z.boolean(),
  lines: z.int(),
})

/** Who a file belongs to: its owner does the work, root only where nobody else could get at the way to it. */
const placed = { path: RemoteName, uid: z.int(), gid: z.int(), mode: z.int() }

/** Puts one file of the archive in the place of one over there. */
export const ReplaceFileStep = z.strictObject({
  ...step,
  kind: z.literal('replace-file'),
  ...placed,
  from: RemoteName,
  /** Endings of files beside it that belong to the old one only and go with it, like `-wal` of a SQLite database. */
  companions: z.array(z.string()),
})

/** Adds lines to a file that are not in it yet. */
export const MergeLinesStep = z.strictObject({
  ...step,
  kind: z.literal('merge-lines'),
  ...placed,
  lines: z.array(z.string()),
})

/** Stops, starts or reloads a service of the system. */
export const RunServiceStep = z.strictObject({
  ...step,
  kind: z.literal('run-service'),
  service: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9@._:-]*$/),
  action: z.enum(['stop', 'start', 'reload', 'restart']),
  /** Whether it is done when the steps before it are done, or when the steps after it were taken back. */
  when: z.enum(['applied', 'taken-back']),
})

/** Looks whether what was put there is whole; changes nothing. */
export const CheckStep = z.strictObject({
  ...step,
  kind: z.literal('check'),
  what: z.strictObject({ kind: z.literal('sqlite'), path: RemoteName, uid: z.int(), gid: z.int() }),
})

export const RestoreStep = z.discriminatedUnion('kind', [
  CreateAccountStep,
  PutTreeStep,
  DatabaseServerStep,
  ImportDatabaseStep,
  PutMailboxStep,
  InstallCrontabStep,
  ReplaceFileStep,
  MergeLinesStep,
  RunServiceStep,
  CheckStep,
])
export type RestoreStep = z.infer<typeof RestoreStep>
export type StepOf<K extends RestoreStep['kind']> = Extract<RestoreStep, { readonly kind: K }>

/** Something to know before saying yes. A `blocker` forbids the restore; each has a remedy. */
export const PlanNote = z.strictObject({
  level: z.enum(['info', 'warning', 'blocker']),
  /** What it is about, for programs: `space`, `version`, `quota`, `open-files` … */
  code: z.string(),
  text: z.string(),
  /** What to do about it, as the command line says it. */
  remedy: z.string().nullable(),
  /** The same for hosts that have other words; absent where the remedy is the same everywhere. */
  advice: Advice.optional(),
})
export type PlanNote = z.infer<typeof PlanNote>

/** What happens to one component of the target. */
export const ComponentPlan = z.strictObject({
  kind: ComponentKind,
  /** As steps name it. */
  component: z.string(),
  /** Entries, tables, messages or lines. */
  unit: z.enum(['files', 'tables', 'messages', 'lines']),
  added: PlanList,
  overwritten: PlanList,
  deleted: PlanList,
  /** In the target, not in what is restored, and left as it is, each with the reason. */
  kept: PlanList,
  unchanged: z.int(),
  /** Bytes that are sent. */
  bytes: z.number(),
})
export type ComponentPlan = z.infer<typeof ComponentPlan>

/** Bytes on one file system of the target. */
export const PlanSpace = z.strictObject({
  path: RemoteName,
  /** While it runs, and after. */
  during: z.number(),
  after: z.number(),
  free: z.number().nullable(),
})
export type PlanSpace = z.infer<typeof PlanSpace>

/** A file of the server's own configuration in the backup, beside the one of the same path at the target. */
export const ServerFile = z.strictObject({
  path: RemoteName,
  state: z.enum(['missing', 'same', 'differs', 'not-compared']),
  /** Why it was not compared, or is not shown. */
  why: z.string().nullable(),
  /** Unified, from the target's to the backup's, cut where it is long. */
  diff: z.string().nullable(),
})
export type ServerFile = z.infer<typeof ServerFile>

/** The exact list of what a restore will do. Shown, confirmed, and applied unchanged. */
export const RestorePlan = z.strictObject({
  format: z.literal(1),
  /** SHA-256 over everything here that says what will be done. */
  digest: Sha256,
  madeAt: Instant,
  scope: Scope,
  from: z.strictObject({
    name: z.string(),
    id: z.string().nullable(),
    server: z.string().nullable(),
    source: z.string().nullable(),
    startedAt: Instant.nullable(),
    result: z.enum(['succeeded', 'partial']).nullable(),
    /** Ours, and every byte as its manifest says. */
    trusted: z.boolean(),
  }),
  to: z.strictObject({
    server: z.string(),
    host: z.string(),
    account: z.string(),
    /** SHA-256 of the machine's id, so that another machine under the same address is noticed. */
    machine: z.string().nullable(),
    exists: z.boolean(),
  }),
  mapping: RestoreMapping,
  steps: z.array(RestoreStep),
  components: z.array(ComponentPlan),
  notes: z.array(PlanNote),
  space: z.array(PlanSpace),
  /** What cannot be used for a while, and for about how long. */
  offline: z.array(z.strictObject({ what: z.string(), seconds: z.number() })),
  undo: z.strictObject({
    method: z.enum(['safety-backup', 'nothing-to-save']),
    scope: Scope,
    days: z.int(),
    /** Paths of the target's own backups that are saved; empty for all of the scope. */
    only: z.array(z.string()).default([]),
    /** About how much will be saved first. */
    bytes: z.number().nullable(),
  }),
  /** Of web server, PHP and certificates: for people to compare, never put there. */
  serverConfiguration: z.array(ServerFile),
  /** What such a restore never brings. */
  notBrought: z.array(z.string()),
})
export type RestorePlan = z.infer<typeof RestorePlan>
