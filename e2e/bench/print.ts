import type { Cost } from './cost.ts'
import type { Target } from './targets.ts'

/** Aligns the cells of each column, the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  )
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n')
}

/** One row of a table of costs; sizes in MB of 10⁶ bytes, memory in MiB. */
export function costRow(name: string, cost: Cost): readonly string[] {
  const seconds = (value: number) => `${value.toFixed(1)} s`
  const megabytes = (value: number) => `${(value / 1e6).toFixed(0)} MB`
  return [
    name,
    seconds(cost.wallSeconds),
    megabytes(cost.wireBytes),
    seconds(cost.serverCpuSeconds),
    seconds(cost.clientCpuSeconds),
    `${(cost.peakBytes / 2 ** 20).toFixed(0)} MiB`,
    megabytes(cost.archiveBytes),
  ]
}

export const costHead = ['', 'time', 'wire', 'CPU server', 'CPU here', 'memory here', 'archive'] as const

/** One row for each target. */
export function targetRows(targets: readonly Target[]): readonly (readonly string[])[] {
  return targets.map(({ what, wanted, measured, reached }) => [
    `  ${what}`,
    measured.toFixed(measured < 10 ? 2 : 0),
    wanted === null ? '' : `wanted ${wanted}`,
    wanted === null ? '' : reached ? 'reached' : 'MISSED',
  ])
}
