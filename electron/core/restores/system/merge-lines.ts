import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { StepKind } from '../step-kind.ts'
import { bringFile, exchangeFile, readPlaced, settleFile } from './place-file.ts'

type Step = StepOf<'merge-lines'>

const placing = (step: Step) => ({ ...step, companions: [] })

function linesOf(content: Buffer | null): ReadonlySet<string> {
  return new Set((content ?? Buffer.alloc(0)).toString('latin1').split('\n'))
}

const bytesOf = (line: string): string => Buffer.from(line).toString('latin1')

/** The content with those lines added at its end that it does not have, each once; the rest stays byte for byte. */
export function mergedLines(content: Buffer | null, lines: readonly string[]): Buffer {
  const there = linesOf(content)
  const missing = [...new Set(lines)].filter((line) => !there.has(bytesOf(line)))
  const before = content ?? Buffer.alloc(0)
  const gap = before.length > 0 && before.at(-1) !== 0x0a && missing.length > 0 ? '\n' : ''
  return Buffer.concat([before, Buffer.from(gap + missing.map((line) => `${line}\n`).join(''))])
}

/** Adds lines to a file. What it was then is read only when it is done: nothing that came meanwhile is lost. */
export const mergeLines: StepKind<Step> = {
  async apply(step, context) {
    const now = await readPlaced(placing(step), context)
    async function* merged(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(mergedLines(now, step.lines))
    }
    await bringFile(placing(step), context, merged())
    await exchangeFile(placing(step), context, now)
  },
  async check(step, context) {
    const there = linesOf(await readPlaced(placing(step), context))
    const missing = step.lines.filter((line) => !there.has(bytesOf(line)))
    return {
      ...{ component: step.component, unit: 'lines', of: step.lines.length },
      good: step.lines.length - missing.length,
      how: 'read back, each line',
      bad: missing.map((line) => `${step.path} has no line ${line}`),
    }
  },
  rollback: (step, context) => settleFile(placing(step), context, 'rollback'),
  commit: (step, context) => settleFile(placing(step), context, 'commit'),
  remove: (step, context) => settleFile(placing(step), context, 'remove'),
}
