import { z } from 'zod'
import {
  alertRules,
  complaintAboutHeader,
  complaintAboutScheme,
  complaintAboutSecurity,
} from '../alert-rules.ts'
import type { TextRule } from '../login-rules.ts'
import { Id, Instant, ProfileName } from './name.ts'

/**
 * What people are told of. `failed` and `partial`: a run of a schedule ended so; `overdue`: due times were missed, or a
 * source has no backup that is young enough; `size-drop`: a backup is much smaller than those before.
 */
export const AlertKind = z.enum(['failed', 'partial', 'overdue', 'size-drop'])
export type AlertKind = z.infer<typeof AlertKind>

const common = {
  name: ProfileName,
  /** Of what it is told. */
  kinds: z.array(AlertKind).min(1, 'Say of what it is to be told.').max(AlertKind.options.length),
}

const text = ({ pattern, wrong }: TextRule) => z.string().regex(pattern, wrong)
const address = text(alertRules.address)

const mail = z.strictObject({
  ...{ kind: z.literal('mail'), ...common, host: text(alertRules.host), port: z.int().min(1).max(65_535) },
  /** `starttls`: refused where the server does not offer it. `none`: in the clear. */
  security: z.enum(['starttls', 'tls', 'none']),
  /** Null: the server asks nobody who they are. The password lies in the keychain or vault. */
  user: text(alertRules.user).nullable(),
  from: address,
  to: z.array(address).min(1, 'A mail needs somebody to go to.').max(20),
  /** PEM of the authority that vouches for a server with a certificate of its own. */
  authority: z.string().max(65_536).nullable(),
})

const webhook = z.strictObject({
  ...{ kind: z.literal('webhook'), ...common },
  url: text(alertRules.url).pipe(z.url({ protocol: /^https?$/, error: alertRules.url.wrong })),
  /** Requests bear a signature of Standard Webhooks, made with a secret in the keychain or vault. */
  signed: z.boolean(),
  /** A header whose value is a secret in the keychain or vault, like Authorization. */
  header: z
    .string()
    .superRefine((name, context) => {
      const complaint = complaintAboutHeader(name)
      if (complaint !== null) context.addIssue(complaint)
    })
    .nullable(),
})

/** Whom to tell, as it is given. */
export const AlertChannelDraft = z.discriminatedUnion('kind', [
  mail.superRefine(({ user, security, host }, context) => {
    const complaint = user === null ? null : complaintAboutSecurity(security, { host })
    if (complaint !== null) context.addIssue(complaint)
  }),
  webhook.superRefine(({ header, url }, context) => {
    const complaint = header === null ? null : complaintAboutScheme(url)
    if (complaint !== null) context.addIssue(complaint)
  }),
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
