import type { EventBus } from '../event-bus.ts'
import type { Clock, Log, SecretStore } from '../ports.ts'
import { AlertChannels } from './alert-channels.ts'
import { AlertOutbox } from './alert-outbox.ts'
import { StoredAlertSecrets } from './alert-secrets.ts'
import { Alerts, type AlertParts } from './alerts.ts'
import { sendAlert } from './send-alert.ts'

/** Who is told what needs a person, and what was told. */
export interface Watching {
  readonly channels: AlertChannels
  readonly outbox: AlertOutbox
  readonly secrets: StoredAlertSecrets
  readonly alerts: Alerts
}

export interface WatchingOptions extends Pick<AlertParts, 'troubled' | 'runs'> {
  readonly clock: Clock
  readonly log: Log
  readonly events: EventBus
  readonly secrets: SecretStore
}

/** Opens it over a data folder. Nothing is told before somebody asks for it. */
export async function openWatching(folder: string, options: WatchingOptions): Promise<Watching> {
  const { clock, log, events, troubled, runs } = options
  const channels = await AlertChannels.open(folder, { log, events })
  const outbox = await AlertOutbox.open(folder, { log, events })
  const secrets = new StoredAlertSecrets(options.secrets)
  const alerts = new Alerts({
    ...{ clock, log, channels, outbox, troubled, runs },
    send: (alert, channel) => sendAlert(alert, channel, { secrets, clock }),
  })
  return { channels, outbox, secrets, alerts }
}
