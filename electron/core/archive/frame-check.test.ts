import { expect, test } from 'vitest'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture } from './fixture.ts'
import { verifyArchive } from './verify.ts'

const { signal } = new AbortController()
const { archive, index } = buildFixture(accountEntries)

async function findings(bytes: Buffer): Promise<string[]> {
  const sources = { source: bufferSource(bytes), index: bufferSource(index), manifest: null }
  const report = await verifyArchive({ level: 'read', ...sources, signal })
  return report.findings.map(({ code, message }) => `${code}: ${message}`)
}

test('every byte of header and trailer is looked at', async () => {
  const places = [...Array(10).keys(), ...Array.from({ length: 10 }, (_, n) => archive.length - 1 - n)]
  for (const at of places) {
    const flipped = Buffer.from(archive)
    flipped[at] = flipped.readUInt8(at) ^ 0x20
    expect((await findings(flipped)).filter((text) => text.startsWith('bytes:'))).toHaveLength(1)
  }
})

test('bytes after the trailer are counted', async () => {
  const found = await findings(Buffer.concat([archive, Buffer.alloc(5)]))
  expect(found).toContainEqual(expect.stringContaining('bytes: 5 bytes follow'))
})

test('a trailer that is cut is missed', async () => {
  const found = await findings(archive.subarray(0, -3))
  expect(found).toContainEqual(expect.stringContaining('bytes: The last bytes'))
})
