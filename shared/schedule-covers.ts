import type { SourceKind } from './model/backup.ts'
import type { Schedule } from './model/schedule.ts'

/** A source as schedules pick it. */
export interface Pickable {
  readonly serverId: string
  readonly source: string
  readonly kind: SourceKind
}

/** Whether a schedule backs a source up: it names it, or takes all of its server, or all accounts and it is one. */
export function coversSource(
  { sources }: Pick<Schedule, 'sources'>,
  { serverId, source, kind }: Pickable,
): boolean {
  return sources.some((each) => {
    if (each.serverId !== serverId) return false
    if (each.pick === 'source') return each.source === source
    return each.pick === 'server' || kind === 'account'
  })
}
