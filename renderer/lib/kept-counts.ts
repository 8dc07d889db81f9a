import type { Backup } from '../../shared/model/backup.ts'

/** How many backups of one source lie at each destination. */
export interface KeptCount {
  readonly server: string
  readonly source: string
  readonly byPlace: ReadonlyMap<string, number>
}

/** By server, then by source. */
export function keptCounts(backups: readonly Backup[]): readonly KeptCount[] {
  const groups = Map.groupBy(backups, ({ server, source }) => JSON.stringify([server, source]))
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const places = group.flatMap(({ copies }) => copies.map(({ destination }) => destination))
      const byPlace = new Map(
        [...Map.groupBy(places, (name) => name)].map(([name, all]) => [name, all.length]),
      )
      return [{ server: first.server, source: first.source, byPlace }]
    })
    .sort((a, b) => a.server.localeCompare(b.server) || a.source.localeCompare(b.source))
}

/** When a copy at a destination was last read or looked at, as an instant; null: none ever was. */
export function lastCheckAt(backups: readonly Backup[], destination: string): string | null {
  const checks = backups.flatMap(({ copies }) =>
    copies.flatMap((copy) =>
      copy.destination === destination && copy.verified !== null ? [copy.verified.at] : [],
    ),
  )
  return checks.reduce<string | null>((last, at) => (last === null || at > last ? at : last), null)
}

/** Sources whose every backup lies at this destination alone. */
export function onlyAt(backups: readonly Backup[], destination: string): readonly KeptCount[] {
  return keptCounts(backups).filter(({ byPlace }) => byPlace.size === 1 && byPlace.has(destination))
}
