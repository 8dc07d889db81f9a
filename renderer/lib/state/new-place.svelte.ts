import { destinationRules } from '../../../shared/destination-rules.ts'
import type { TextRule } from '../../../shared/login-rules.ts'
import type { ServerSideEncryption } from '../../../shared/model/destination.ts'
import type { NewDestination } from '../../../shared/model/new-destination.ts'
import type { DestinationKind } from '../destination-words.ts'
import { loginChecks, NewLogin } from './new-login.svelte.ts'

const judge = ({ pattern, wrong }: TextRule, value: string) => (pattern.test(value.trim()) ? null : wrong)
const unless = (optional: boolean, value: string, rule: TextRule) =>
  optional && value.trim() === '' ? null : judge(rule, value)

/** What is wrong with a field of a destination, as a sentence; null where nothing is. */
export const placeChecks = {
  path: (value: string) =>
    /^(\/|[A-Za-z]:[\\/])/.test(value.trim())
      ? null
      : 'Type the whole path of the folder, from its beginning.',
  folder: (value: string) => judge(destinationRules.folder, value),
  bucket: (value: string) => judge(destinationRules.bucket, value),
  region: (value: string) => judge(destinationRules.region, value),
  prefix: (value: string) => judge(destinationRules.prefix, value),
  endpoint: (value: string) => unless(true, value, destinationRules.endpoint),
  keyId: (value: string) => judge(destinationRules.keyId, value),
  secret: (value: string) => (value === '' ? 'Type or paste the secret key.' : null),
  storageClass: (value: string) => unless(true, value, destinationRules.storageClass),
} as const satisfies Record<string, (value: string) => string | null>

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

/** Where a new destination is and how it is reached, as it is being typed. What was typed for one kind stays for it. */
export class NewPlace {
  kind = $state<DestinationKind>('local')
  /** What was typed; null: nothing yet, so it follows the place. */
  ownName = $state<string | null>(null)
  path = $state('')
  folder = $state('holdfast')
  /** Of an SFTP server. */
  readonly login = new NewLogin()
  bucket = $state('')
  region = $state('')
  prefix = $state('')
  endpoint = $state('')
  pathStyle = $state(false)
  keyId = $state('')
  secret = $state('')
  storageClass = $state('')
  serverSide = $state<ServerSideEncryption['kind']>('bucket')
  kmsKey = $state('')
  authority = $state('')
  rate = $state('')
  /** What somebody chose; null: nobody did, so buckets are encrypted and nothing else is. */
  ownEncrypted = $state<boolean | null>(null)
  recoveryKey = $state('')
  readonly name: string
  readonly encrypted: boolean
  readonly problems: readonly string[]

  constructor() {
    this.login.user = ''
    this.name = $derived(this.ownName ?? this.#nameOfPlace())
    this.encrypted = $derived(this.ownEncrypted ?? (this.kind === 's3' || this.kind === 'b2'))
    this.problems = $derived(this.#problems())
  }

  /** Meaningful where there is no problem. `accept`: the fingerprint of a host key that was compared. */
  draft(accept: string | null): NewDestination {
    const common = {
      ...{ name: this.name.trim(), encrypted: this.encrypted },
      ...(this.recoveryKey.trim() === '' ? {} : { recoveryKey: this.recoveryKey.trim() }),
    }
    switch (this.kind) {
      case 'local':
        return { kind: 'local', ...common, path: this.path.trim() }
      case 'sftp':
        return { kind: 'sftp', ...common, place: this.#sftp(), secrets: this.#secrets(), accept }
      case 's3':
        return { kind: 's3', ...common, secret: this.secret, place: this.#s3() }
      case 'b2':
        return { kind: 'b2', ...common, secret: this.secret, place: this.#b2() }
    }
  }

  #nameOfPlace(): string {
    const last = this.path.trim().split(/[\\/]/).filter(Boolean).at(-1) ?? ''
    const from = { local: last, sftp: this.login.name, s3: this.bucket, b2: this.bucket }[this.kind]
    return from.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  }

  #rateMbit(): number | null {
    return this.rate.trim() === '' ? null : Number(this.rate)
  }

  #sftp() {
    const { host, port, user, auth } = this.login.draft()
    return { host, port, user, auth, folder: this.folder.trim(), rateMbit: this.#rateMbit() }
  }

  #secrets() {
    const { password, keyPassphrase } = this.login.secrets()
    return {
      ...(password === undefined ? {} : { password }),
      ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
    }
  }

  #bucket() {
    return {
      ...{ region: this.region.trim(), bucket: this.bucket.trim(), prefix: this.prefix.trim() },
      ...{ keyId: this.keyId.trim(), rateMbit: this.#rateMbit() },
    }
  }

  #s3() {
    return {
      ...{ ...this.#bucket(), endpoint: orNull(this.endpoint), pathStyle: this.pathStyle },
      ...{ storageClass: orNull(this.storageClass), encryption: this.#serverSide() },
      authority: orNull(this.authority),
    }
  }

  #b2() {
    const common = this.#bucket()
    return { ...common, endpoint: orNull(this.endpoint) ?? `https://s3.${common.region}.backblazeb2.com` }
  }

  #serverSide(): ServerSideEncryption {
    if (this.serverSide !== 'kms') return { kind: this.serverSide }
    return { kind: 'kms', keyId: orNull(this.kmsKey) }
  }

  #problems(): readonly string[] {
    const { login } = this
    const place = {
      local: () => [placeChecks.path(this.path)],
      sftp: () => [
        ...[loginChecks.host(login.host), loginChecks.port(login.port), loginChecks.user(login.user)],
        ...[placeChecks.folder(this.folder), loginChecks.rate(this.rate)],
        login.auth === 'key' ? loginChecks.keyPath(login.keyPath) : null,
        login.auth === 'password' ? loginChecks.password(login.password) : null,
      ],
      s3: () => this.#bucketProblems(),
      b2: () => this.#bucketProblems(),
    }[this.kind]()
    return [loginChecks.name(this.name), ...place].filter((problem) => problem !== null)
  }

  #bucketProblems(): readonly (string | null)[] {
    return [
      ...[placeChecks.bucket(this.bucket), placeChecks.region(this.region), placeChecks.prefix(this.prefix)],
      ...[
        placeChecks.keyId(this.keyId),
        placeChecks.secret(this.secret),
        placeChecks.endpoint(this.endpoint),
      ],
      this.kind === 's3' ? placeChecks.storageClass(this.storageClass) : null,
      loginChecks.rate(this.rate),
    ]
  }
}
