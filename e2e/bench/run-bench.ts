import { availableParallelism, tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { describeCommit, writeEntry } from '../figures-document.ts'
import { sweepLab } from '../lab/lab.ts'
import { whatTheLabMisses } from '../lab/prerequisites.ts'
import { compare } from './compare.ts'
import { destinations } from './destinations.ts'
import { encryption } from './encryption.ts'
import { indexCache } from './index-cache.ts'
import { memory } from './memory.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { restore } from './restore.ts'
import { wan } from './wan.ts'
import { measureWindow } from './window.ts'

const usage = `npm run bench -- [--wan | --memory | --index | --restore | --destinations | --encryption | --window] [--small] [--runs N] [--folder DIR] [--json] [--record]

Without one of the first seven: Holdfast beside ssh host 'tar czf -' and 'tar cf - | zstd -3', on a server of the lab.
  --wan      how much of a line of 100 ms and 100 Mbit/s a backup uses
  --memory   how memory grows with bytes and with entries; once
  --index    opening the index of 500,000 entries; needs no lab
  --restore  one file out of 5 GB, and a full account beside ssh host 'tar xzf -' and mysql
  --destinations  copies to SFTP and S3 beside sftp -b and lib-storage, over a long line, and 50 GB of them
  --encryption  the same backup plain and encrypted
  --window   the window in Chromium: its start, and an archive of 500,000 entries in it; needs no lab
  --small    a twentieth of the data, to try the benchmark
  --runs N   medians of N runs; default 5
  --folder   where archives go while they are measured; default the system's temporary folder
  --json     figures and targets as JSON
  --record   keep them in docs/figures.json`

const benchmarks = {
  compare,
  wan,
  memory,
  index: indexCache,
  restore,
  destinations,
  encryption,
  window: measureWindow,
} as const
type BenchmarkName = keyof typeof benchmarks

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      wan: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      index: { type: 'boolean', default: false },
      restore: { type: 'boolean', default: false },
      destinations: { type: 'boolean', default: false },
      encryption: { type: 'boolean', default: false },
      window: { type: 'boolean', default: false },
      small: { type: 'boolean', default: false },
      runs: { type: 'string', default: '5' },
      folder: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const chosen = (
    ['wan', 'memory', 'index', 'restore', 'destinations', 'encryption', 'window'] as const
  ).filter((name) => values[name])
  if (chosen.length > 1) throw new Error(`One at a time: --${chosen.join(' or --')}.`)
  if (values.small && values.record) throw new Error('--small is for trying only: its figures say nothing.')
  const name: BenchmarkName = chosen[0] ?? 'compare'
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs wants a number from 1 on.')
  if (name !== 'index' && name !== 'window') await expectLab()

  const options: BenchOptions = {
    account: values.small ? 'small' : 'big',
    runs,
    folder: values.folder,
    say: (line) => {
      console.error(line)
    },
  }
  const began = performance.now()
  const outcome = await benchmarks[name](options)
  const seconds = Math.round((performance.now() - began) / 100) / 10
  print(outcome, values.json)
  if (values.record)
    record(name === 'compare' ? 'npm run bench' : `npm run bench -- --${name}`, outcome, seconds)
}

async function expectLab(): Promise<void> {
  const missing = whatTheLabMisses()
  if (missing !== null) throw new Error(`The benchmark needs the lab: ${missing.reason}. ${missing.remedy}`)
  await sweepLab()
}

function print({ figures, targets, text }: Outcome, json: boolean): void {
  const machine = { cpus: availableParallelism(), commit: describeCommit() }
  if (json) console.log(JSON.stringify({ ...machine, figures, targets }, null, 2))
  else
    console.log(
      `\n${text}\n\nOne machine for both ends, with ${machine.cpus} processors; commit ${machine.commit}`,
    )
}

/** Targets that were reached count as passed, the others as failed. */
function record(name: string, { figures, targets }: Outcome, seconds: number): void {
  const judged = targets.filter(({ wanted }) => wanted !== null)
  const failed = judged.filter(({ reached }) => !reached).length
  const counts = { passed: judged.length - failed, failed, skipped: 0 }
  const date = new Date().toISOString()
  writeEntry(name, { commit: describeCommit(), date, seconds, ...counts, figures })
}

await main()
