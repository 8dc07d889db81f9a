import type { ServerDraft, ServerSecrets } from '../../../shared/contract.ts'
import { loginRules, type TextRule } from '../../../shared/login-rules.ts'
import type { AuthMethod, Elevation } from '../../../shared/model/server.ts'

const judge = ({ pattern, wrong }: TextRule, value: string) => (pattern.test(value.trim()) ? null : wrong)

/** What is wrong with a field of a login, as a sentence; null where nothing is. */
export const loginChecks = {
  host: (value: string) => judge(loginRules.host, value),
  user: (value: string) => judge(loginRules.user, value),
  name: (value: string) => judge(loginRules.name, value),
  port: (value: string) =>
    /^\d{1,5}$/.test(value.trim()) && Number(value) >= 1 && Number(value) <= 65_535
      ? null
      : 'Ports go from 1 to 65535.',
  rate: (value: string) =>
    value.trim() === '' || (Number(value) > 0 && Number(value) <= 100_000)
      ? null
      : 'A limit is a number of megabits a second, up to 100,000.',
  keyPath: (value: string) => (value.trim() === '' ? 'Name the file of the private key.' : null),
  password: (value: string) => (value === '' ? 'Type the password of this login.' : null),
  sudoPassword: (value: string) => (value === '' ? 'Type the password that sudo asks for.' : null),
} as const satisfies Record<string, (value: string) => string | null>

/** How a new server is reached, as it is being typed. */
export class NewLogin {
  host = $state('')
  port = $state('22')
  user = $state('root')
  /** What was typed; null: nothing yet, so it follows the host. */
  ownName = $state<string | null>(null)
  auth = $state<AuthMethod['kind']>('agent')
  keyPath = $state('')
  passphrase = $state('')
  password = $state('')
  elevation = $state<Elevation>('none')
  sudoPassword = $state('')
  jump = $state('')
  rate = $state('')
  legacyAlgorithms = $state(false)
  readonly name
  readonly problems

  constructor() {
    this.name = $derived(this.ownName ?? nameOf(this.host))
    this.problems = $derived(this.#problems())
  }

  /** Takes over what a host of `~/.ssh/config` says. */
  fill(alias: string, draft: ServerDraft): void {
    Object.assign(this, {
      host: draft.host,
      port: String(draft.port),
      user: draft.user,
      jump: draft.jump ?? '',
    })
    this.ownName = draft.name === '' ? alias : draft.name
    this.auth = draft.auth.kind
    this.keyPath = draft.auth.kind === 'key' ? draft.auth.path : ''
    this.elevation = draft.elevation
  }

  /** Meaningful where there is no problem. */
  draft(): ServerDraft {
    return {
      name: this.name.trim(),
      host: this.host.trim(),
      port: Number(this.port),
      user: this.user.trim(),
      auth: this.#auth(),
      elevation: this.elevation,
      jump: this.jump === '' ? null : this.jump,
      rateMbit: this.rate.trim() === '' ? null : Number(this.rate),
      legacyAlgorithms: this.legacyAlgorithms,
    }
  }

  secrets(): ServerSecrets {
    return {
      ...(this.auth === 'password' ? { password: this.password } : {}),
      ...(this.auth === 'key' && this.passphrase !== '' ? { keyPassphrase: this.passphrase } : {}),
      ...(this.elevation === 'sudo-password' ? { sudoPassword: this.sudoPassword } : {}),
    }
  }

  #auth(): AuthMethod {
    if (this.auth !== 'key') return { kind: this.auth }
    return { kind: 'key', path: this.keyPath.trim(), passphrase: this.passphrase !== '' }
  }

  #problems(): readonly string[] {
    return [
      loginChecks.host(this.host),
      loginChecks.port(this.port),
      loginChecks.user(this.user),
      loginChecks.name(this.name),
      loginChecks.rate(this.rate),
      this.auth === 'key' ? loginChecks.keyPath(this.keyPath) : null,
      this.auth === 'password' ? loginChecks.password(this.password) : null,
      this.elevation === 'sudo-password' ? loginChecks.sudoPassword(this.sudoPassword) : null,
    ].filter((problem) => problem !== null)
  }
}

/** A name for a host: its first label, or the whole of an address. */
function nameOf(host: string): string {
  const trimmed = host.trim()
  const label = /^[\d.:]+$/.test(trimmed) ? trimmed.replaceAll(':', '-') : (trimmed.split('.')[0] ?? '')
  return label.replace(/[^A-Za-z0-9._-]/g, '-')
}
