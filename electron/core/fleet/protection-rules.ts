import type { Backup, SourceKind } from '../../../shared/model/backup.ts'
import type { Server } from '../../../shared/model/server.ts'
import { longestInterval } from '../../../shared/next-run.ts'
import { staleAfter, type ProtectionFacts } from '../../../shared/protection.ts'
import { coversSource } from '../../../shared/schedule-covers.ts'
import { suspiciouslySmall } from '../../../shared/size-drop.ts'
import type { App } from '../app.ts'
import { isGood } from '../backups/select.ts'

const day = 86_400_000

type RuleParts = Pick<App, 'destinations' | 'profiles' | 'ports' | 'schedules'>

/** What decides about the protection of a source besides its runs. `backups`: all of the source, newest first. */
export function protectionRules(
  { destinations, profiles, ports, schedules }: RuleParts,
  {
    server,
    source,
    kind,
    backups,
    now,
  }: {
    readonly server: Server | null
    readonly source: string
    readonly kind: SourceKind
    readonly backups: readonly Backup[]
    readonly now: Date
  },
): Pick<ProtectionFacts, 'offServer' | 'mayBeOld' | 'tooSmall'> {
  const machine = server === null ? null : (profiles.survey(server.id)?.machine ?? null)
  const places = new Map(destinations.list().map((profile) => [profile.name, profile]))
  const intervals = schedules
    .list()
    .filter(
      (each) =>
        server !== null && each.scope === 'full' && coversSource(each, { serverId: server.id, source, kind }),
    )
    .map((each) => longestInterval(each, now) + day)
  return {
    offServer: (destination) => {
      const profile = places.get(destination)
      if (profile?.kind === 'local') return machine === null || machine !== ports.machine
      return profile?.kind !== 'sftp' || profile.host !== server?.host
    },
    mayBeOld: intervals.length === 0 ? staleAfter : Math.min(...intervals),
    tooSmall: muchSmaller(backups),
  }
}

/** Ids of a series' backups that are much smaller than the ones before. */
function muchSmaller(series: readonly Backup[]): ReadonlySet<string> {
  const own = series.filter(({ scope, only }) => scope === 'full' && only.length === 0).toReversed()
  return suspiciouslySmall(
    own.map((backup) => ({
      ...{ id: backup.id, good: isGood(backup) },
      bytes: backup.components.reduce((sum, { bytes }) => sum + bytes, 0),
      accepted: backup.copies.some((copy) => copy.sizeAccepted),
    })),
  )
}
