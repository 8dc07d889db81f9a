import { z } from 'zod'
import { alertContract } from './alert-contract.ts'
import { archiveContract, BackupRef } from './archive-contract.ts'
import { Backup, OuterManifest, QueuedCopy, Scope, VerifyLevel, WarningCode } from './model/backup.ts'
import { destinationContract, Unreadable } from './destination-contract.ts'
import { Fleet, Look } from './model/fleet.ts'
import { Job, JobLogLine } from './model/job.ts'
import { ProfileName } from './model/name.ts'
import { PromptQuestion } from './model/prompt.ts'
import { AuthMethod, Elevation, HostKey, HostKeyFingerprint, Server, Survey } from './model/server.ts'
import { Discovery, SourceOverrides } from './model/source.ts'
import { command, query, type Procedure } from './procedure.ts'
import { recoveryKeyContract } from './recovery-key-contract.ts'
import { restoreContract } from './restore-contract.ts'
import { scheduleContract } from './schedule-contract.ts'
import { Advice } from './model/advice.ts'
import { SourceRef } from './source-ref.ts'
import { windowContract } from './window-contract.ts'

const none = z.strictObject({})
const done = z.strictObject({})
const byName = z.strictObject({ name: ProfileName })
const secret = z.string().min(1).max(65_536)

export const ServerDraft = z.strictObject({
  name: ProfileName,
  host: Server.shape.host,
  port: Server.shape.port,
  user: Server.shape.user,
  auth: AuthMethod,
  elevation: Elevation,
  jump: Server.shape.jump,
  rateMbit: Server.shape.rateMbit,
  legacyAlgorithms: z.boolean(),
})
export type ServerDraft = z.infer<typeof ServerDraft>

/** Secrets on their way into the keychain or vault; they never come back out. */
export const ServerSecrets = z.strictObject({
  password: secret.optional(),
  keyPassphrase: secret.optional(),
  sudoPassword: secret.optional(),
})
export type ServerSecrets = z.infer<typeof ServerSecrets>

const ServerImport = z.strictObject({
  drafts: z.array(z.strictObject({ alias: z.string(), draft: ServerDraft, notes: z.array(z.string()) })),
  notes: z.array(z.string()),
})

const given = z.string().min(1).max(4096)
const absolute = given.regex(/^\//, 'A folder on the server is a path that begins with a slash.')

/** The admin's word on a source, as it may be given. */
const GivenOverrides = SourceOverrides.extend({
  addPaths: z.array(absolute),
  removePaths: z.array(absolute),
  addDatabases: z.array(given),
  removeDatabases: z.array(given),
  addMail: z.array(given),
  removeMail: z.array(given),
  exclude: z.array(given),
  accept: z.array(
    z
      .string()
      .refine(
        (gap) => WarningCode.safeParse(/^([a-z-]+):./.exec(gap)?.[1]).success,
        'A known gap is CODE:PATH, as holdfast show has it, like unreadable:files/data.',
      ),
  ),
})

export const SecretsStatus = z.strictObject({
  store: z.enum(['keychain', 'vault', 'none']),
  state: z.enum(['ready', 'locked', 'absent']),
  /** What to do, where the state is not `ready`. */
  advice: z.string().nullable(),
  /** The same for hosts that have other words; absent where it is the same everywhere. */
  ways: Advice.optional(),
})

/** An IANA name that this computer knows. */
const TimeZone = z.string().max(64).refine(isTimeZone, 'That is not a time zone, like Europe/Amsterdam.')

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Every method of the product. The desktop, the browser and the command line have these and nothing else. */
export const contract = {
  'servers.scan': query(
    z.strictObject({ host: Server.shape.host, port: Server.shape.port, jump: Server.shape.jump }),
    z.strictObject({ keys: z.array(HostKey) }),
  ),
  'servers.add': command(
    z.strictObject({ draft: ServerDraft, secrets: ServerSecrets, accept: HostKeyFingerprint.nullable() }),
    z.strictObject({ server: Server, survey: Survey }),
  ),
  'servers.edit': command(
    z.strictObject({ name: ProfileName, change: ServerDraft.partial(), secrets: ServerSecrets }),
    z.strictObject({ server: Server }),
  ),
  'servers.list': query(none, z.strictObject({ servers: z.array(Server) })),
  'servers.show': query(
    byName,
    z.strictObject({ server: Server, survey: Survey.nullable(), hostKeys: z.array(HostKey) }),
  ),
  'servers.remove': command(byName, done),
  'servers.survey': command(byName, z.strictObject({ survey: Survey })),
  'servers.importable': query(none, ServerImport),
  'servers.acceptHostKey': command(
    z.strictObject({ name: ProfileName, fingerprint: HostKeyFingerprint }),
    done,
  ),

  /** Whether there is a server to practise on here, and whether it runs. */
  'practice.status': query(none, z.strictObject({ available: z.boolean(), running: z.boolean() })),
  /** Starts it and adds it, or gives its profile what it needs to be reached again. It lives as long as the product. */
  'practice.start': command(none, z.strictObject({ server: Server })),

  /** How every source stands, from what is known here; days begin at midnight in `timeZone`, an IANA name. */
  'fleet.show': query(z.strictObject({ days: z.int().min(1).max(366), timeZone: TimeZone }), Fleet),
  /** What the last look at a server found; null: nobody looked yet. */
  'sources.known': query(z.strictObject({ server: ProfileName }), z.strictObject({ look: Look.nullable() })),
  'sources.list': query(z.strictObject({ server: ProfileName }), Discovery),
  'sources.overrides': query(SourceRef, SourceOverrides),
  'sources.set': command(SourceRef.extend({ overrides: GivenOverrides }), done),

  ...destinationContract,

  'backups.start': command(
    z.strictObject({
      sources: z.array(SourceRef).min(1).max(1000),
      scope: Scope,
      destinations: z.array(ProfileName),
      exclude: z.array(z.string().min(1).max(4096)).max(1000),
      credentials: z.boolean(),
    }),
    z.strictObject({ jobs: z.array(Job) }),
  ),
  'backups.list': query(
    z.strictObject({
      server: ProfileName.optional(),
      source: z.string().optional(),
      destination: ProfileName.optional(),
    }),
    z.strictObject({
      backups: z.array(Backup),
      unfinished: z.array(z.strictObject({ destination: z.string(), key: z.string() })),
      /** Where there is any, there may be backups that are not listed. */
      unreadable: z.array(Unreadable),
    }),
  ),
  'backups.show': query(
    z.strictObject({ backup: BackupRef }),
    z.strictObject({ backup: Backup, manifest: OuterManifest }),
  ),
  'backups.pin': command(
    z.strictObject({ backup: BackupRef, pinned: z.boolean() }),
    z.strictObject({ backup: Backup }),
  ),
  'backups.delete': command(z.strictObject({ backup: BackupRef }), z.strictObject({ copies: z.int() })),
  'backups.verify': command(
    z.strictObject({ backup: BackupRef, level: VerifyLevel, destination: ProfileName.nullable() }),
    z.strictObject({ job: Job }),
  ),

  /** Makes one more copy of a backup, from the best copy that there is. */
  'copies.add': command(
    z.strictObject({ backup: BackupRef, destination: ProfileName }),
    z.strictObject({ job: Job }),
  ),
  /** Deletes the copy at one destination; refuses for the last one. */
  'copies.remove': command(z.strictObject({ backup: BackupRef, destination: ProfileName }), done),
  /** Copies that backups lack and that are tried again by themselves, those of the newest backup first. */
  'copies.queued': query(
    none,
    z.strictObject({
      copies: z.array(
        QueuedCopy.extend({
          backup: z.string(),
          name: z.string(),
          server: z.string(),
          source: z.string(),
        }),
      ),
    }),
  ),
  /** Ends trying, also where it is being made just now. The backup stays without this copy. */
  'copies.cancel': command(z.strictObject({ backup: BackupRef, destination: ProfileName }), done),

  ...archiveContract,
  ...restoreContract,
  ...scheduleContract,
  ...alertContract,
  ...recoveryKeyContract,

  'jobs.list': query(none, z.strictObject({ jobs: z.array(Job) })),
  'jobs.show': query(
    z.strictObject({ id: z.uuid(), log: z.boolean() }),
    z.strictObject({ job: Job, log: z.array(JobLogLine) }),
  ),
  'jobs.cancel': command(z.strictObject({ id: z.uuid() }), z.strictObject({ job: Job })),

  'prompts.list': query(none, z.strictObject({ prompts: z.array(PromptQuestion) })),
  /** `answer` null: the person declines. */
  'prompts.answer': command(z.strictObject({ id: z.uuid(), answer: secret.nullable() }), done),

  ...windowContract,

  'secrets.status': query(none, SecretsStatus),
  'secrets.unlock': command(z.strictObject({ passphrase: secret }), SecretsStatus),
  'secrets.lock': command(none, SecretsStatus),
  'secrets.setPassphrase': command(
    z.strictObject({ passphrase: secret, current: secret.nullable() }),
    SecretsStatus,
  ),

  'catalog.rebuild': command(
    z.strictObject({ destination: ProfileName.nullable() }),
    z.strictObject({
      backups: z.int(),
      unreadable: z.array(Unreadable),
      /** What other computers had left unfinished and not touched for seven days. */
      removed: z.array(z.string()),
    }),
  ),
} as const satisfies Record<string, Procedure>

export type Contract = typeof contract
export type Method = keyof Contract
/** What a caller passes. */
export type Input<M extends Method> = z.input<Contract[M]['input']>
/** What a handler gets: checked. */
export type Parsed<M extends Method> = z.output<Contract[M]['input']>
export type Output<M extends Method> = z.output<Contract[M]['output']>
