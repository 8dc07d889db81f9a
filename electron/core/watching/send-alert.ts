import type { Alert, AlertChannel } from '../../../shared/model/alert.ts'
import type { Clock } from '../ports.ts'
import type { StoredAlertSecrets } from './alert-secrets.ts'
import { sendMail } from './send-mail.ts'
import { sendWebhook } from './send-webhook.ts'

/** Tells one channel, by its kind. Throws as these do, and where a secret cannot be read. */
export async function sendAlert(
  alert: Alert,
  channel: AlertChannel,
  { secrets, clock }: { readonly secrets: StoredAlertSecrets; readonly clock: Pick<Clock, 'now'> },
): Promise<void> {
  if (channel.kind === 'mail') {
    await sendMail(alert, channel, { password: await secrets.get(channel, 'password') })
    return
  }
  const signing = await secrets.get(channel, 'signing')
  const header = await secrets.get(channel, 'header')
  await sendWebhook(alert, channel, { secrets: { signing, header }, now: clock.now() })
}
