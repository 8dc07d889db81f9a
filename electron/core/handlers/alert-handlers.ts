import { v7 as uuid } from 'uuid'
import type { AlertChannel, AlertChannelRow } from '../../../shared/model/alert.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { requireSecrets } from '../watching/alert-secrets.ts'

type AlertHandlers = Pick<Handlers, Extract<keyof Handlers, `alerts.${string}`>>

/** Whom to tell when backups need a person. */
export function alertHandlers({ watching, ports }: App): AlertHandlers {
  const { channels, outbox, alerts, secrets } = watching
  const rowOf = (channel: AlertChannel): AlertChannelRow => {
    const { last, waiting } = outbox.read()
    return {
      channel,
      last: last[channel.id] ?? null,
      waiting: waiting.filter((each) => each.channel === channel.id).length,
    }
  }
  return {
    'alerts.list': async () => ({ channels: channels.list().map(rowOf) }),
    'alerts.add': async (input) => {
      requireSecrets(input.channel, input.secrets)
      channels.refuseTaken(input.channel.name)
      const channel = { ...input.channel, id: uuid(), addedAt: ports.clock.now().toISOString() }
      await secrets.keep(channel.id, input.secrets)
      try {
        await channels.add(channel)
      } catch (error) {
        await secrets.forget(channel)
        throw error
      }
      return rowOf(channel)
    },
    'alerts.test': async ({ name }) => alerts.test(channels.get(name)),
    'alerts.remove': async ({ name }) => {
      const channel = channels.get(name)
      await channels.remove(channel.id)
      await secrets.forget(channel)
      await alerts.forget(channel.id)
      return {}
    },
  }
}
