import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = join(import.meta.dirname, 'volume.program.ts')
const memory = 300_000_000

test.each([
  ['a million files', 'entries', 1_000_000, /^1000000 files/],
  ['more files than anybody has', 'entries', 2_100_000, /^corrupt:/],
  ['16 GiB of zeros in 17 MB', 'zeros', 16_384, /^corrupt:/],
  ['attributes of 800 MB', 'attributes', 200_000, /^200000 files/],
  ['folders with names of gigabytes', 'folders', 50_000, /^corrupt:/],
])('%s: refused or gone through, in less than 300 MB', async (_what, kind, count, outcome) => {
  const flags = ['--max-semi-space-size=8', program, kind, String(count)]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  const result = JSON.parse(stdout) as { outcome: string; peak: number }
  expect(result.outcome).toMatch(outcome)
  expect(result.peak).toBeLessThan(memory)
})
