import Mail from '@lucide/svelte/icons/mail'
import Webhook from '@lucide/svelte/icons/webhook'
import { plural } from '../../shared/format.ts'
import type { AlertChannel, AlertChannelRow, AlertKind } from '../../shared/model/alert.ts'
import { whenWords } from './schedule-words.ts'
import type { StatusState } from './ui/status/status-state.ts'

/** What people can be told of. */
export const alertKindWords = {
  failed: 'Backups that failed',
  partial: 'Backups with gaps',
  overdue: 'Backups that are overdue',
  'size-drop': 'Backups that shrank',
} as const satisfies Record<AlertKind, string>

export const alertIcons = { mail: Mail, webhook: Webhook } as const

/** Where a channel goes to. Of a webhook's address only the host: the rest may be a secret. */
export function alertPlace(channel: AlertChannel): string {
  if (channel.kind === 'webhook') return new URL(channel.url).origin
  return `${channel.to.join(', ')} by ${channel.host}`
}

/** Of what a channel is told. */
export function alertKindsOf({ kinds }: AlertChannel): string {
  if (kinds.length === Object.keys(alertKindWords).length) return 'Of everything that needs somebody'
  return kinds
    .map((kind, at) => (at === 0 ? alertKindWords[kind] : alertKindWords[kind].toLowerCase()))
    .join(', ')
}

/** How the newest message went; `text` is a word or two, `why` a sentence where it did not arrive. */
export function deliveryWords(
  { last, waiting }: AlertChannelRow,
  { now }: { readonly now: number },
): { readonly state: StatusState; readonly text: string; readonly why: string | null } {
  if (last === null) return { state: 'idle', text: 'Nothing told yet', why: null }
  const when = whenWords(last.at, { now })
  if (last.error === null) return { state: 'held', text: `Arrived ${when}`, why: null }
  const again = waiting > 0 ? ` ${plural(waiting, 'message')} will be tried again.` : ''
  return { state: 'fail', text: `Did not arrive ${when}`, why: `${last.error}${again}` }
}
