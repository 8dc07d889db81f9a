import { startHost } from '../lab/lab.ts'
import { median } from './cost.ts'
import { measureBackup, type Subject } from './measure-backup.ts'
import { measurePipe } from './measure-pipe.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { table, targetRows } from './print.ts'
import { atLeast } from './targets.ts'

/** 100 ms there and back, at 100 Mbit/s. */
const line = { delayMs: 50, rateMbit: 100, lossPercent: 0 }

/**
 * How much of a long line a whole backup uses, from the connection to the complete archive, beside `ssh host cat` of
 * media that do not compress. Both in bytes on the wire.
 */
export async function wan({ account, runs, folder, say }: BenchOptions): Promise<Outcome> {
  await using host = await startHost({ layer: 'bench', wan: line })
  const subject: Subject = { host, account, folder }
  const backups: number[] = []
  const pipes: number[] = []
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}: ssh cat`)
    const pipe = await measurePipe(subject, 'cat uploads/*/*')
    pipes.push(pipe.wireBytes / pipe.wallSeconds)
    say(`run ${run} of ${runs}: Holdfast`)
    const { complete } = await measureBackup(subject)
    backups.push(complete.wireBytes / complete.wallSeconds)
  }
  const catRate = median(pipes)
  const backupRate = median(backups)
  const targets = [atLeast('of what ssh cat reaches', 0.85, backupRate / catRate)]
  const rate = (value: number) => `${(value / 1e6).toFixed(2)} MB/s`
  return {
    figures: {
      wan: { ...line, runs, catBytesPerSecond: catRate, backupBytesPerSecond: backupRate },
    },
    targets,
    text: [
      `A server ${2 * line.delayMs} ms away at ${line.rateMbit} Mbit/s; medians of ${runs}`,
      '',
      table([
        ['ssh host cat', rate(catRate)],
        ['Holdfast, up to the complete archive', rate(backupRate)],
        ...targetRows(targets).map((row) => row.slice(0, 2)),
      ]),
    ].join('\n'),
  }
}
