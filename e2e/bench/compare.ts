import { startHost } from '../lab/lab.ts'
import { medianCost, type Cost } from './cost.ts'
import { measureBackup, type Subject } from './measure-backup.ts'
import { measurePipe } from './measure-pipe.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { costHead, costRow, table, targetRows } from './print.ts'
import { judge } from './targets.ts'

/**
 * Holdfast beside what people do by hand, on one lab server: each in turn, as often as `runs` says, from files that
 * the server has in its memory. The figures are medians.
 */
export async function compare({ account, runs, folder, say }: BenchOptions): Promise<Outcome> {
  await using host = await startHost({ layer: 'bench' })
  const subject: Subject = { host, account, folder }
  const { stdout: facts } = await host.exec(
    `cd /home/${account} && find . -type f -exec cat {} + | wc -c && find . -type f | wc -l`,
  )
  const [bytes = 0, files = 0] = facts.trim().split('\n').map(Number)
  const costs: Record<'complete' | 'verified' | 'gzip' | 'zstd', Cost[]> = {
    ...{ complete: [], verified: [], gzip: [], zstd: [] },
  }
  let nativeAddon = false
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}: Holdfast`)
    const backup = await measureBackup(subject)
    costs.complete.push(backup.complete)
    costs.verified.push(backup.verified)
    nativeAddon = backup.nativeAddon
    say(`run ${run} of ${runs}: tar cf - | zstd -3`)
    costs.zstd.push(await measurePipe(subject, 'tar cf - . | zstd -3'))
    say(`run ${run} of ${runs}: tar czf -`)
    costs.gzip.push(await measurePipe(subject, 'tar czf - .'))
  }
  const medians = {
    complete: medianCost(costs.complete),
    verified: medianCost(costs.verified),
    gzip: medianCost(costs.gzip),
    zstd: medianCost(costs.zstd),
  }
  const targets = judge(medians)
  return {
    figures: {
      data: { bytes, files, runs, nativeAddon: nativeAddon ? 1 : 0 },
      'holdfast, archive complete': { ...medians.complete },
      'holdfast, read back': { ...medians.verified },
      'ssh tar czf': { ...medians.gzip },
      'ssh tar | zstd -3': { ...medians.zstd },
    },
    targets,
    text: [
      `${(bytes / 1e9).toFixed(2)} GB in ${files} files; medians of ${runs}; ssh2's native addon is ${nativeAddon ? '' : 'not '}in use`,
      '',
      table([
        costHead,
        costRow('Holdfast, archive complete', medians.complete),
        costRow('Holdfast, read back and verified', medians.verified),
        costRow("ssh host 'tar czf -'", medians.gzip),
        costRow("ssh host 'tar cf - | zstd -3'", medians.zstd),
      ]),
      '',
      "Beside ssh host 'tar czf -':",
      table(targetRows(targets)),
    ].join('\n'),
  }
}
