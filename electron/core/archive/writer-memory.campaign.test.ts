import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'

/** V8's young generation grows with the work done, not with what is kept: held small, so that the rest shows. */
const flags = ['--max-semi-space-size=8']

function peakBytes(entries: number): number {
  const program = join(import.meta.dirname, 'many-entries.program.ts')
  return Number(execFileSync(process.execPath, [...flags, program, String(entries)], { encoding: 'utf8' }))
}

it('500,000 entries cost at most 200 bytes of memory each more than 50,000', () => {
  const [few, many] = [peakBytes(50_000), peakBytes(500_000)]
  const bytesPerEntry = (many - few) / 450_000
  recordFigure('writer-memory', { peakBytes: many, bytesPerEntry })
  expect(bytesPerEntry).toBeLessThan(200)
  expect(many).toBeLessThan(300 * 2 ** 20)
})
