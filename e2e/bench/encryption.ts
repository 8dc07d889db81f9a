import { startHost } from '../lab/lab.ts'
import { medianCost } from './cost.ts'
import { measureBackup, type MeasuredBackup, type Subject } from './measure-backup.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { costHead, costRow, table, targetRows } from './print.ts'
import { atMost } from './targets.ts'

/** The same backup to a folder of this computer, plain and encrypted, by turns. */
export async function encryption({ account, runs, folder, say }: BenchOptions): Promise<Outcome> {
  await using host = await startHost({ layer: 'bench' })
  const subject: Subject = { host, account, folder }
  const plainRuns: MeasuredBackup[] = []
  const sealedRuns: MeasuredBackup[] = []
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}: plain`)
    plainRuns.push(await measureBackup(subject))
    say(`run ${run} of ${runs}: encrypted`)
    sealedRuns.push(await measureBackup({ ...subject, encrypted: true }))
  }
  const medians = (all: readonly MeasuredBackup[]) => ({
    complete: medianCost(all.map(({ complete }) => complete)),
    verified: medianCost(all.map(({ verified }) => verified)),
  })
  const [plain, sealed] = [medians(plainRuns), medians(sealedRuns)]
  const lost = (what: 'complete' | 'verified') => 1 - plain[what].wallSeconds / sealed[what].wallSeconds
  const targets = [
    atMost('of the throughput is lost, archive complete', 0.4, lost('complete')),
    atMost('of the throughput is lost, read back', 0.4, lost('verified')),
  ]
  return {
    figures: {
      plain: { ...plain.complete, verifiedSeconds: plain.verified.wallSeconds, runs },
      encrypted: { ...sealed.complete, verifiedSeconds: sealed.verified.wallSeconds, runs },
    },
    targets,
    text: [
      `The same backup, plain and encrypted; medians of ${runs}`,
      '',
      table([
        costHead,
        costRow('plain, archive complete', plain.complete),
        costRow('encrypted, archive complete', sealed.complete),
        costRow('plain, read back', plain.verified),
        costRow('encrypted, read back', sealed.verified),
      ]),
      '',
      table(targetRows(targets)),
    ].join('\n'),
  }
}
