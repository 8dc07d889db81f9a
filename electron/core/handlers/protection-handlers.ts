import { countMissing, describeUnprotected, unprotectedBy } from '../../../shared/protection.ts'
import type { App } from '../app.ts'
import { eachCopy } from '../backups/each-copy.ts'
import { selectBackup } from '../backups/select.ts'
import { readState, writeState } from '../backups/stored-backup.ts'
import type { Handlers } from '../dispatch.ts'
import { protectionRules } from '../fleet/protection-rules.ts'

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
          const profile = app.profiles.list().find(({ id }) => id === serverId) ?? null
          const kind = series[0]?.kind ?? 'account'
          const rules = protectionRules(app, { server: profile, source, kind, backups: series, now })
          const why = unprotectedBy({ ...rules, backups: series, now })
          return {
            ...{ server, source, protected: why.length === 0, why: why.map(describeUnprotected) },
            ...{ newest: series[0]?.startedAt ?? null, missingCopies: countMissing(series) },
          }
        }),
      }
    },
    'backups.acceptSize': async ({ backup }, { signal }) => {
      const found = selectBackup(app.catalog.list(), backup)
      await eachCopy(found, { destinations: app.destinations, signal }, async ({ destination, stem }) => {
        const state = { ...(await readState(destination, stem, { signal })), sizeAccepted: true }
        await writeState(destination, stem, state, { signal })
        const manifest = app.catalog.manifestAt(found.id, destination.name)
        app.catalog.add(destination, stem, { manifest, state })
      })
      return {}
    },
  }
}
