import { loginRules, type TextRule } from './login-rules.ts'

/** The rules of the texts that say whom to tell, for schemas and for forms. */
export const alertRules = {
  name: loginRules.name,
  host: {
    pattern: /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/,
    wrong: 'That is not the name of a mail server.',
  },
  user: { pattern: /^[^\0\r\n]{1,254}$/, wrong: 'A user is one line.' },
  address: {
    pattern:
      /^(?!.{255})[\w.!#$%&'*+/=?^`{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/,
    wrong: 'That is no mail address, like ops@example.com.',
  },
  authority: {
    pattern: /^-----BEGIN CERTIFICATE-----\s[\s\S]{1,65000}-----END CERTIFICATE-----$/,
    wrong: 'A certificate goes from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
  },
  url: {
    pattern: /^(?!.{2049})https?:\/\/[^\s/?#\\@]+([/?][^\s#\\]*)?$/i,
    wrong: 'A webhook is https:// and an address, without a user or password in it.',
  },
  header: { pattern: /^[A-Za-z0-9-]{1,64}$/, wrong: 'That is not the name of a header, like Authorization.' },
  headerValue: {
    pattern: /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/,
    wrong: 'The value of a header is one line of ASCII.',
  },
  signing: { pattern: /^[\s\S]{16,4096}$/, wrong: 'A secret that signs needs 16 characters or more.' },
} as const satisfies Record<string, TextRule>

const reserved =
  /^(webhook-.*|content-.*|host|connection|transfer-encoding|user-agent|expect|te|upgrade|cookie)$/i

/** Why a header is not one to send a secret in; null where it is. */
export function complaintAboutHeader(name: string): string | null {
  if (!alertRules.header.pattern.test(name)) return alertRules.header.wrong
  return reserved.test(name) ? 'That header has a meaning of its own; use another.' : null
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '[::1]'])
const inTheClear = 'A password or secret would cross the network in the clear. Use '

/** Whether a host name stands for this computer, to which nothing crosses a network. */
const isLoopback = (host: string): boolean => loopback.has(host)

/** The host of an address that passed; an IPv6 one in brackets, as URLs have it. */
const hostOf = (address: string): string => /^https?:\/\/(\[[^\]]*\]|[^/:?]*)/i.exec(address)?.[1] ?? ''

/** Why a mail server may not be given a password so; null where it may. */
export function complaintAboutSecurity(security: string, { host }: { readonly host: string }): string | null {
  return security !== 'none' || isLoopback(host) ? null : `${inTheClear}starttls or tls.`
}

/** Why an address may not be given a secret in a header; null where it may. */
export function complaintAboutScheme(url: string): string | null {
  return /^https:/i.test(url) || isLoopback(hostOf(url)) ? null : `${inTheClear}https.`
}
