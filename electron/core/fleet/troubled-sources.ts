import type { Schedule } from '../../../shared/model/schedule.ts'
import { isPaused } from '../../../shared/pause.ts'
import { protectionOf, unprotectedBy } from '../../../shared/protection.ts'
import { coversSource } from '../../../shared/schedule-covers.ts'
import type { App } from '../app.ts'
import type { Troubled } from '../watching/alert-text.ts'
import { protectionRules } from './protection-rules.ts'

type Parts = Pick<App, 'catalog' | 'profiles' | 'destinations' | 'ports' | 'schedules' | 'runs'>

/**
 * Sources with a schedule whose newest full backup is older than that allows, or much smaller than those before. Those
 * whose backups cannot all be seen now, or that are being backed up, are not judged.
 */
export function troubledSources(parts: Parts, now: Date): readonly Troubled[] {
  const { catalog, profiles, schedules, runs } = parts
  const away = new Set(
    catalog.unreadable().flatMap(({ destination, key }) => (key === null ? [destination] : [])),
  )
  const isOpen = (schedule: Schedule) =>
    !isPaused(schedule.paused, now) &&
    runs.of(schedule.id).some(({ state }) => state === 'waiting' || state === 'running')
  const own = (id: string) => profiles.named(id)?.id ?? id
  const groups = Map.groupBy(catalog.list(), ({ serverId, source }) => `${own(serverId)}/${source}`)
  return [...groups].flatMap(([key, backups]): readonly Troubled[] => {
    const [first] = backups
    const server = first ? profiles.named(first.serverId) : null
    if (!first || server === null) return []
    const { source, kind } = first
    const making = schedules
      .list()
      .filter((each) => each.scope === 'full' && coversSource(each, { serverId: server.id, source, kind }))
    const unseen = making.some(({ destinations }) => destinations.some((name) => away.has(name)))
    if (making.length === 0 || unseen || making.some(isOpen)) return []
    const rules = protectionRules(parts, { server, source, kind, backups, now })
    const why = unprotectedBy({ ...rules, backups, now })
    const { newest } = protectionOf({ ...rules, backups, jobs: [], now })
    const who = { server: server.name, source, newest: newest?.startedAt ?? null }
    return [
      ...(why.includes('stale') ? [{ ...who, kind: 'overdue' as const, about: `overdue/${key}` }] : []),
      ...(why.includes('too-small') && newest
        ? [{ ...who, kind: 'size-drop' as const, about: `size-drop/${newest.id}` }]
        : []),
    ]
  })
}
