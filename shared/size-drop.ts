/** A backup's size among those of its series. */
export interface SizedBackup {
  readonly id: string
  readonly bytes: number
  readonly good: boolean
  /** Somebody has said that this size is right: it is what later ones are compared with. */
  readonly accepted: boolean
}

const share = 0.5
const least = 1024 * 1024
const compared = 5

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/**
 * Ids of those that are less than half as large as the ones before: something is gone that was there, or somebody put
 * empty backups there. Oldest first. Compared with the median of the last five good ones that are not small themselves,
 * from the last accepted one on; a mebibyte is never missed.
 */
export function suspiciouslySmall(series: readonly SizedBackup[]): ReadonlySet<string> {
  const found = new Set<string>()
  let usual: number[] = []
  for (const { id, bytes, good, accepted } of series) {
    if (accepted) usual = []
    const expected = median(usual.slice(-compared))
    if (usual.length > 0 && bytes < expected * share && expected - bytes > least) found.add(id)
    else if (good) usual.push(bytes)
  }
  return found
}
