import { createHmac } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { Alert, WebhookChannel } from '../../../shared/model/alert.ts'
import type { Secret } from '../secrets/secret.ts'

const patience = 20_000

export interface WebhookSecrets {
  readonly signing: Secret | null
  readonly header: Secret | null
}

/** The bytes of a secret: base64 after `whsec_`, as Standard Webhooks writes it, else the text itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}

/** `v1,` and the signature of Standard Webhooks over the id, the time in seconds and the body. */
export function signatureOf(
  secret: string,
  { id, seconds, body }: { readonly id: string; readonly seconds: number; readonly body: string },
): string {
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`)
  return `v1,${mac.digest('base64')}`
}

/** What a webhook is sent. */
export function bodyOf({ id, at, kind, title, message, schedule, sources }: Alert): string {
  const data = { id, kind, title, message, schedule, sources }
  return JSON.stringify({ type: `holdfast.${kind}`, timestamp: at, data })
}

/**
 * Posts an alert as JSON. A redirect is not followed, so that nothing goes to anybody but whom the address names.
 * @throws `remote-failed` where the answer is not 2xx; `unreachable`
 */
export async function sendWebhook(
  alert: Alert,
  channel: WebhookChannel,
  { secrets, now }: { readonly secrets: WebhookSecrets; readonly now: Date },
): Promise<void> {
  const body = bodyOf(alert)
  const seconds = Math.floor(now.getTime() / 1000)
  const { host } = new URL(channel.url)
  const { signing, header } = secrets
  const headers: Record<string, string> = {
    ...{ 'content-type': 'application/json', 'user-agent': 'holdfast' },
    ...{ 'webhook-id': alert.id, 'webhook-timestamp': String(seconds) },
    ...(signing && { 'webhook-signature': signatureOf(signing.reveal(), { id: alert.id, seconds, body }) }),
    ...(channel.header !== null && header && { [channel.header]: header.reveal() }),
  }
  const signal = AbortSignal.timeout(patience)
  const answer = await fetch(channel.url, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body,
    signal,
  }).catch(() => null)
  await answer?.body?.cancel()
  if (answer === null) throw new AppError('unreachable', `The webhook at ${host} does not answer.`)
  if (answer.status >= 300 && answer.status < 400)
    throw new AppError(
      'remote-failed',
      `The webhook at ${host} leads elsewhere, where nothing was sent. Give its final address.`,
    )
  if (!answer.ok)
    throw new AppError('remote-failed', `The webhook at ${host} answered with ${answer.status}.`)
}
