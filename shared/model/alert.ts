import { z } from 'zod'
import { Id, Instant, ProfileName } from './name.ts'

/**
 * What people are told of. `failed` and `partial`: a run of a schedule ended so; `overdue`: due times were missed, or a
 * source has no backup that is young enough; `size-drop`: a backup is much smaller than those before.
 */
export const AlertKind = z.enum(['failed', 'partial', 'overdue', 'size-drop'])
export type AlertKind = z.infer<typeof AlertKind>

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '[::1]'])

/** Whether a host name stands for this computer, to which nothing crosses a network. */
export const isLoopback = (host: string): boolean => loopback.has(host)

const common = {
  name: ProfileName,
  /** Of what it is told. */
  kinds: z.array(AlertKind).min(1, 'Say of what it is to be told.').max(AlertKind.options.length),
}

const address = z.email('That is no mail address, like ops@example.com.').max(254)
const host = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, 'That is not the name of a mail server.')

const mail = z.strictObject({
  ...{ kind: z.literal('mail'), ...common, host, port: z.int().min(1).max(65_535) },
  /** `starttls`: refused where the server does not offer it. `none`: in the clear. */
  security: z.enum(['starttls', 'tls', 'none']),
  /** Null: the server asks nobody who they are. The password lies in the keychain or vault. */
  user: z
    .string()
    .min(1)
    .max(254)
    .regex(/^[^\0\r\n]+$/, 'A user is one line.')
    .nullable(),
  from: address,
  to: z.array(address).min(1, 'A mail needs somebody to go to.').max(20),
  /** PEM of the authority that vouches for a server with a certificate of its own. */
  authority: z.string().max(65_536).nullable(),
})

const anyAddress = z.url({ protocol: /^https?$/ })

function isAddress(text: string): boolean {
  return anyAddress.safeParse(text).success && !/^[^/]*\/\/[^/?]*@/.test(text) && !/[#\\]/.test(text)
}

/** The host of an address that passed; an IPv6 one in brackets, as URLs have it. */
function hostOf(address: string): string {
  return /^https?:\/\/(\[[^\]]*\]|[^/:?]*)/i.exec(address)?.[1] ?? ''
}

const webhook = z.strictObject({
  ...{ kind: z.literal('webhook'), ...common },
  url: z
    .string()
    .max(2048)
    .refine(isAddress, 'A webhook is https:// and an address, without a user or password in it.'),
  /** Requests bear a signature of Standard Webhooks, made with a secret in the keychain or vault. */
  signed: z.boolean(),
  /** A header whose value is a secret in the keychain or vault, like Authorization. */
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'That is not the name of a header, like Authorization.')
    .refine((name) => !reserved.test(name), 'That header has a meaning of its own; use another.')
    .nullable(),
})

const reserved =
  /^(webhook-.*|content-.*|host|connection|transfer-encoding|user-agent|expect|te|upgrade|cookie)$/i

const inTheClear = 'A password or secret would cross the network in the clear. Use '

/** Whom to tell, as it is given. */
export const AlertChannelDraft = z.discriminatedUnion('kind', [
  mail.refine(
    ({ user, security, host: at }) => user === null || security !== 'none' || isLoopback(at),
    `${inTheClear}starttls or tls.`,
  ),
  webhook.refine(
    ({ header, url }) => header === null || url.startsWith('https:') || isLoopback(hostOf(url)),
    `${inTheClear}https.`,
  ),
])
export type AlertChannelDraft = z.infer<typeof AlertChannelDraft>

const stored = { id: Id, addedAt: Instant }

/** Whom to tell. */
export const AlertChannel = z.discriminatedUnion('kind', [mail.extend(stored), webhook.extend(stored)])
export type AlertChannel = z.infer<typeof AlertChannel>
export type MailChannel = Extract<AlertChannel, { kind: 'mail' }>
export type WebhookChannel = Extract<AlertChannel, { kind: 'webhook' }>

/** Something to be told, once. */
export const Alert = z.strictObject({
  id: Id,
  at: Instant,
  kind: z.enum([...AlertKind.options, 'test']),
  /** One line. */
  title: z.string(),
  /** Sentences, one a line: what happened, what was not lost, what to do. */
  message: z.string(),
  /** The schedule's name, where it is about one. */
  schedule: z.string().nullable(),
  sources: z.array(z.strictObject({ server: z.string(), source: z.string(), message: z.string() })),
})
export type Alert = z.infer<typeof Alert>

/** How telling somebody ended. */
export const AlertDelivery = z.strictObject({
  at: Instant,
  title: z.string(),
  /** Null where it arrived; else why not. */
  error: z.string().nullable(),
  /** It is tried again by itself. */
  again: Instant.nullable(),
})
export type AlertDelivery = z.infer<typeof AlertDelivery>

/** A channel, and how it has gone. */
export const AlertChannelRow = z.strictObject({
  channel: AlertChannel,
  /** The newest attempt. */
  last: AlertDelivery.nullable(),
  /** Alerts that have not arrived yet and are tried again. */
  waiting: z.int(),
})
export type AlertChannelRow = z.infer<typeof AlertChannelRow>
