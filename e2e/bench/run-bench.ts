import { availableParallelism, tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { describeCommit, writeEntry } from '../figures-document.ts'
import { sweepLab } from '../lab/lab.ts'
import { whatTheLabMisses } from '../lab/prerequisites.ts'
import { compare } from './compare.ts'
import type { Outcome } from './outcome.ts'

const usage = `npm run bench -- [--small] [--runs N] [--folder DIR] [--json] [--record]

Holdfast beside ssh host 'tar czf -' and 'tar cf - | zstd -3', on a server of the lab.
  --small    a twentieth of the data, to try the benchmark
  --runs N   medians of N runs; default 5
  --folder   where archives go while they are measured; default the system's temporary folder
  --json     figures and targets as JSON
  --record   keep them in docs/figures.json`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
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
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs wants a number from 1 on.')
  const missing = whatTheLabMisses()
  if (missing !== null) throw new Error(`The benchmark needs the lab: ${missing.reason}. ${missing.remedy}`)
  await sweepLab()

  const say = (line: string) => console.error(line)
  const account = values.small ? 'small' : 'big'
  const began = performance.now()
  const outcome = await compare({ account, runs, folder: values.folder, say })
  const seconds = Math.round((performance.now() - began) / 100) / 10
  print(outcome, values.json)
  if (values.record) record('npm run bench', outcome, seconds)
}

function print({ figures, targets, text }: Outcome, json: boolean): void {
  const machine = { cpus: availableParallelism(), commit: describeCommit() }
  if (json) console.log(JSON.stringify({ ...machine, figures, targets }, null, 2))
  else console.log(`\n${text}\n\nBoth ends share ${machine.cpus} processors; commit ${machine.commit}`)
}

/** Targets that were reached count as passed, the others as failed. */
function record(name: string, { figures, targets }: Outcome, seconds: number): void {
  const judged = targets.filter(({ wanted }) => wanted !== null)
  const failed = judged.filter(({ reached }) => !reached).length
  const counts = { passed: judged.length - failed, failed, skipped: 0 }
  writeEntry(name, {
    commit: describeCommit(),
    date: new Date().toISOString(),
    seconds,
    ...counts,
    figures,
  })
}

await main()
