import type { AlertSecrets } from '../../../shared/alert-contract.ts'
import {
  alertRules,
  complaintAboutHeader,
  complaintAboutScheme,
  complaintAboutSecurity,
} from '../../../shared/alert-rules.ts'
import type { TextRule } from '../../../shared/login-rules.ts'
import type { AlertChannelDraft, AlertKind, MailChannel } from '../../../shared/model/alert.ts'
import { loginChecks } from './new-login.svelte.ts'

type Security = MailChannel['security']

const judge = ({ pattern, wrong }: TextRule, value: string) => (pattern.test(value) ? null : wrong)
const unlessEmpty = (rule: TextRule, value: string) => (value === '' ? null : judge(rule, value))
const addressesOf = (text: string) => text.split(/[\s,;]+/).filter(Boolean)

/** What is wrong with a field of an alert's channel, as a sentence; null where nothing is. */
export const alertChecks = {
  name: loginChecks.name,
  host: (value: string) => judge(alertRules.host, value.trim()),
  port: loginChecks.port,
  user: (value: string) => unlessEmpty(alertRules.user, value.trim()),
  password: (value: string) => (value === '' ? 'Type the password of this user.' : null),
  from: (value: string) => judge(alertRules.address, value.trim()),
  to: (value: string) => {
    const addresses = addressesOf(value)
    if (addresses.length === 0) return 'A mail needs somebody to go to.'
    if (addresses.length > 20) return 'A mail goes to 20 people at most.'
    const wrong = addresses.find((address) => !alertRules.address.pattern.test(address))
    return wrong === undefined ? null : `${wrong} is no mail address, like ops@example.com.`
  },
  authority: (value: string) => unlessEmpty(alertRules.authority, value.trim()),
  url: (value: string) => judge(alertRules.url, value.trim()),
  signing: (value: string) => unlessEmpty(alertRules.signing, value),
  header: (value: string) => (value.trim() === '' ? null : complaintAboutHeader(value.trim())),
  headerValue: (value: string) =>
    value === '' ? 'Type the value of this header.' : judge(alertRules.headerValue, value),
} as const satisfies Record<string, (value: string) => string | null>

export const usualPorts = { starttls: '587', tls: '465', none: '25' } as const satisfies Record<
  Security,
  string
>

/** Whom else to tell, as it is being typed. What was typed for one kind stays for it. */
export class NewAlert {
  kind = $state<AlertChannelDraft['kind']>('mail')
  name = $state('')
  kinds = $state<Record<AlertKind, boolean>>({
    failed: true,
    partial: true,
    overdue: true,
    'size-drop': true,
  })
  host = $state('')
  security = $state<Security>('starttls')
  /** What was typed; null: nothing yet, so it follows the security. */
  ownPort = $state<string | null>(null)
  user = $state('')
  password = $state('')
  from = $state('')
  to = $state('')
  authority = $state('')
  url = $state('')
  signing = $state('')
  header = $state('')
  headerValue = $state('')
  readonly port: string
  readonly noKind: boolean
  readonly problems: readonly string[]

  constructor() {
    this.port = $derived(this.ownPort ?? usualPorts[this.security])
    this.noKind = $derived(this.#chosen().length === 0)
    this.problems = $derived(this.#problems())
  }

  /** Why what is secret may not go to the mail server so; null where it may, or nothing is. */
  checkSecurity(): string | null {
    return this.user.trim() === '' ? null : complaintAboutSecurity(this.security, { host: this.host.trim() })
  }

  /** The address, also with what is to be sent there. */
  checkUrl(value: string): string | null {
    const secret = this.header.trim() !== ''
    return alertChecks.url(value) ?? (secret ? complaintAboutScheme(value.trim()) : null)
  }

  /** Meaningful where there is no problem. */
  draft(): AlertChannelDraft {
    const common = { name: this.name.trim(), kinds: this.#chosen() }
    const orNull = (text: string) => (text.trim() === '' ? null : text.trim())
    if (this.kind === 'webhook')
      return {
        ...{ kind: 'webhook', ...common, url: this.url.trim() },
        ...{ signed: this.signing !== '', header: orNull(this.header) },
      }
    return {
      ...{
        kind: 'mail',
        ...common,
        host: this.host.trim(),
        port: Number(this.port),
        security: this.security,
      },
      ...{ user: orNull(this.user), from: this.from.trim(), to: addressesOf(this.to) },
      authority: orNull(this.authority),
    }
  }

  secrets(): AlertSecrets {
    if (this.kind === 'mail') return this.user.trim() === '' ? {} : { password: this.password }
    return {
      ...(this.signing === '' ? {} : { signing: this.signing }),
      ...(this.header.trim() === '' ? {} : { header: this.headerValue }),
    }
  }

  #chosen(): AlertKind[] {
    return (Object.keys(this.kinds) as AlertKind[]).filter((kind) => this.kinds[kind])
  }

  #problems(): readonly string[] {
    const { kind } = this
    const own = kind === 'mail' ? this.#mailProblems() : this.#webhookProblems()
    const none = this.noKind ? 'Say of what they are to be told.' : null
    return [alertChecks.name(this.name), none, ...own].filter((problem) => problem !== null)
  }

  #mailProblems(): readonly (string | null)[] {
    return [
      ...[alertChecks.host(this.host), alertChecks.port(this.port), this.checkSecurity()],
      ...[alertChecks.user(this.user), alertChecks.from(this.from), alertChecks.to(this.to)],
      this.user.trim() === '' ? null : alertChecks.password(this.password),
      alertChecks.authority(this.authority),
    ]
  }

  #webhookProblems(): readonly (string | null)[] {
    return [
      ...[this.checkUrl(this.url), alertChecks.signing(this.signing), alertChecks.header(this.header)],
      this.header.trim() === '' ? null : alertChecks.headerValue(this.headerValue),
    ]
  }
}
