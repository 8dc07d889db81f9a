import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { chunkSize, openRun, sealRun } from './chunk-cipher.ts'

const plain = randomBytes(2 * chunkSize + 7)
const key = randomBytes(32)
const run = { key, first: 5, last: true, data: plain }

async function withoutNative(): Promise<{ sealRun: typeof sealRun; openRun: typeof openRun }> {
  vi.resetModules()
  vi.doMock(import('node:crypto'), async (original) => ({ ...(await original()), getCiphers: () => [] }))
  return vi.importActual('./chunk-cipher.ts')
}

test('where the runtime has no ChaCha20-Poly1305, the same bytes come out', async () => {
  const other = await withoutNative()
  const sealed = sealRun(run)
  expect(Buffer.from(other.sealRun(run)).equals(sealed)).toBe(true)
  expect(Buffer.from(other.openRun({ ...run, data: sealed }) ?? '').equals(plain)).toBe(true)
  sealed[chunkSize + 3] = (sealed[chunkSize + 3] ?? 0) ^ 1
  expect(other.openRun({ ...run, data: sealed })).toBe(null)
})
