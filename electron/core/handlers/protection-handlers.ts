import type { Backup } from '../../../shared/model/backup.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import { longestInterval } from '../../../shared/next-run.ts'
import { describeUnprotected, unprotectedBy } from '../../../shared/protection.ts'
import { suspiciouslySmall } from '../../../shared/size-drop.ts'
import type { App } from '../app.ts'
import { eachCopy } from '../backups/each-copy.ts'
import { isGood, selectBackup } from '../backups/select.ts'
import { readState, writeState } from '../backups/stored-backup.ts'
import type { Handlers } from '../dispatch.ts'

const day = 24 * 60 * 60_000

function covers({ sources }: Schedule, serverId: string, source: string): boolean {
  return sources.some(
    (each) => each.serverId === serverId && (each.pick !== 'source' || each.source === source),
  )
}

/** Ids of a series' backups that are much smaller than the ones before. */
function tooSmall(series: readonly Backup[]): ReadonlySet<string> {
  const own = series.filter(({ scope }) => scope === 'full').toReversed()
  return suspiciouslySmall(
    own.map((backup) => ({
      ...{ id: backup.id, good: isGood(backup) },
      bytes: backup.components.reduce((sum, { bytes }) => sum + bytes, 0),
      accepted: backup.copies.some((copy) => copy.sizeAccepted),
    })),
  )
}

/** How sources stand: computed from what lies at the destinations, never from what jobs said. */
export function protectionHandlers(app: App): Pick<Handlers, 'protection.list' | 'backups.acceptSize'> {
  return {
    'protection.list': async () => {
      const now = app.ports.clock.now()
      const backups = app.catalog.list()
      const own = (id: string) => app.profiles.named(id)?.id ?? id
      const known = new Map<string, { serverId: string; server: string; source: string }>()
      const add = (serverId: string, server: string, source: string) =>
        known.set(`${serverId}/${source}`, { serverId, server, source })
      for (const backup of backups) add(own(backup.serverId), backup.server, backup.source)
      for (const { id, name } of app.profiles.list())
        for (const source of app.profiles.sources(id)) add(id, name, source)
      return {
        sources: [...known.values()].map(({ serverId, server, source }) => {
          const series = backups.filter((each) => own(each.serverId) === serverId && each.source === source)
          const intervals = app.schedules
            .list()
            .filter((each) => each.scope === 'full' && covers(each, serverId, source))
            .map((each) => longestInterval(each, now) + day)
          const why = unprotectedBy(series, {
            ...{ now, mayBeOld: intervals.length > 0 ? Math.min(...intervals) : null },
            ...{ isOnServer: () => false, tooSmall: tooSmall(series) },
          })
          return {
            ...{ server, source, protected: why.length === 0, why: why.map(describeUnprotected) },
            newest: series[0]?.startedAt ?? null,
          }
        }),
      }
    },
    'backups.acceptSize': async ({ backup }, { signal }) => {
      const found = selectBackup(app.catalog.list(), backup)
      const manifest = app.catalog.manifest(found.id)
      await eachCopy(found, app.destinations, async ({ destination, stem }) => {
        const state = { ...(await readState(destination, stem, { signal })), sizeAccepted: true }
        await writeState(destination, stem, state, { signal })
        app.catalog.add(destination, stem, { manifest, state })
      })
      return {}
    },
  }
}
