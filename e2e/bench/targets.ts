import type { Cost } from './cost.ts'

/** The medians of one comparison. */
export interface Comparison {
  /** Holdfast, until the archive lay whole on the disk. */
  readonly complete: Cost
  /** The same, read back and found good. */
  readonly verified: Cost
  /** `tar czf -` over ssh. */
  readonly gzip: Cost
  /** `tar cf - | zstd -3` over ssh. */
  readonly zstd: Cost
}

/** Something that is to be reached, and what was. */
export interface Target {
  readonly what: string
  /** Null where the figure is only to be known. */
  readonly wanted: number | null
  readonly measured: number
  readonly reached: boolean
}

export function atLeast(what: string, wanted: number, measured: number): Target {
  return { what, wanted, measured, reached: measured >= wanted }
}

export function atMost(what: string, wanted: number, measured: number): Target {
  return { what, wanted, measured, reached: measured <= wanted }
}

function known(what: string, measured: number): Target {
  return { what, wanted: null, measured, reached: true }
}

/** What a backup must reach beside `tar czf -`; the last three say how far the fastest pipe still is. */
export function judge({ complete, verified, gzip, zstd }: Comparison): readonly Target[] {
  const megabytes = 2 ** 20
  return [
    atLeast('times faster, archive complete', 3, gzip.wallSeconds / complete.wallSeconds),
    atLeast('times faster, read back', 2, gzip.wallSeconds / verified.wallSeconds),
    atMost('of its CPU on the server', 0.2, verified.serverCpuSeconds / gzip.serverCpuSeconds),
    atMost('of its archive size', 1.05, verified.archiveBytes / gzip.archiveBytes),
    atMost('of its bytes on the wire', 1.05, verified.wireBytes / gzip.wireBytes),
    atMost('MiB at most in memory here', 300, verified.peakBytes / megabytes),
    known("of the zstd pipe's time, archive complete", complete.wallSeconds / zstd.wallSeconds),
    known("of the zstd pipe's CPU on the server", verified.serverCpuSeconds / zstd.serverCpuSeconds),
    known("of the zstd pipe's bytes on the wire", verified.wireBytes / zstd.wireBytes),
  ]
}
