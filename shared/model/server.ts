import { z } from 'zod'
import { loginRules } from '../login-rules.ts'
import { Id, Instant, ProfileName } from './name.ts'

/** How a login proves itself. Secrets are never here: they lie in the keychain or vault under the profile's id. */
export const AuthMethod = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('agent') }),
  z.strictObject({
    kind: z.literal('key'),
    path: z.string().min(1).max(4096),
    /** True where the key's passphrase is stored as a secret. */
    passphrase: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('password') }),
])
export type AuthMethod = z.infer<typeof AuthMethod>

/** How root is reached. `none`: the login itself is root, or a plain hosting user. */
export const Elevation = z.enum(['none', 'sudo', 'sudo-password'])
export type Elevation = z.infer<typeof Elevation>

/** What we store of a server. `id` is random and never changes; `name` may. */
export const Server = z.strictObject({
  id: Id,
  name: ProfileName,
  host: z.string().regex(loginRules.host.pattern, loginRules.host.wrong),
  port: z.int().min(1).max(65535),
  user: z.string().regex(loginRules.user.pattern, loginRules.user.wrong),
  auth: AuthMethod,
  elevation: Elevation,
  /** Name of another profile through which this one is reached. */
  jump: ProfileName.nullable(),
  /** Megabits per second that a backup may take, or null for no limit. */
  rateMbit: z.number().positive().max(100_000).nullable(),
  /** Allows ssh-rsa (SHA-1) host keys, hmac-sha1 and old key exchanges for this server only. */
  legacyAlgorithms: z.boolean(),
  addedAt: Instant,
})
export type Server = z.infer<typeof Server>

/** A host key by its OpenSSH fingerprint, `SHA256:` and 43 characters of base64. */
export const HostKeyFingerprint = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'That is not a SHA256: fingerprint.')

/** A key that a server showed. */
export const HostKey = z.strictObject({ type: z.string(), fingerprint: HostKeyFingerprint })
export type HostKey = z.infer<typeof HostKey>

/** Codecs for the wire, best first. The archive is always gzip. */
export const WireCodec = z.enum(['zstd', 'pigz', 'gzip', 'none'])
export type WireCodec = z.infer<typeof WireCodec>

/** What one command learned about a server; cached, never trusted for safety. */
export const Survey = z.strictObject({
  takenAt: Instant,
  hostname: z.string(),
  /** `PRETTY_NAME` of os-release, or `uname -sr`. */
  os: z.string(),
  /** SHA-256 of machine-id, or null where there is none. */
  machine: z.string().nullable(),
  /** `cpanel`, `hestia` …, or null. Detection only; a panel's adapter is its own work. */
  panel: z.string().nullable(),
  /** What our script ran as: root by itself, root by sudo, or a plain user. */
  privilege: z.enum(['root', 'sudo', 'user']),
  loginUser: z.string(),
  uid: z.int(),
  /** Tool name to version line; absent tools are absent. */
  tools: z.record(z.string(), z.string()),
  codecs: z.array(WireCodec),
  cpus: z.int(),
  /** Bytes free on the file systems that matter. */
  freeBytes: z.record(z.string(), z.number()),
  /** UID_MIN of login.defs. */
  uidMin: z.int(),
  /** `fs.protected_hardlinks`. */
  protectedHardlinks: z.boolean(),
  mysql: z.strictObject({ version: z.string(), reachable: z.boolean() }).nullable(),
  postgresql: z.strictObject({ version: z.string(), reachable: z.boolean() }).nullable(),
})
export type Survey = z.infer<typeof Survey>
