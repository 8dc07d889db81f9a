/** What one way of getting an account onto this computer costs. */
export interface Cost {
  readonly wallSeconds: number
  /** From the server's cable. */
  readonly wireBytes: number
  /** Of every process on the server. */
  readonly serverCpuSeconds: number
  /** Of every thread and child here. */
  readonly clientCpuSeconds: number
  /** The most memory that the process here had resident. */
  readonly peakBytes: number
  readonly archiveBytes: number
}

const keys: readonly (keyof Cost)[] = [
  'wallSeconds',
  'wireBytes',
  'serverCpuSeconds',
  'clientCpuSeconds',
  'peakBytes',
  'archiveBytes',
]

/** The median of each figure on its own. */
export function medianCost(costs: readonly Cost[]): Cost {
  const medians = keys.map((key) => [key, median(costs.map((cost) => cost[key]))])
  return Object.fromEntries(medians) as Record<keyof Cost, number>
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return (lower + upper) / 2
}
