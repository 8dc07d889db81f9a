import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { IndexWriter } from './index-writer.ts'
import { noise } from './test-archive.ts'

it('gzips the lines in order and says what became of them', async () => {
  const chunks: Uint8Array[] = []
  await using index = new IndexWriter((chunk) => Promise.resolve(void chunks.push(chunk)))
  const lines = Array.from({ length: 30_000 }, (_, i) => `{"n":${i}}\n`)
  for (const line of lines) index.line(line)
  const facts = await index.finish()
  const bytes = Buffer.concat(chunks)
  expect(gunzipSync(bytes).toString()).toBe(lines.join(''))
  expect(facts).toEqual({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
})

it('lets go of who waits for room when the sink fails, and takes nothing more', async () => {
  let fail: () => void = () => undefined
  const sink = () => new Promise<void>((_, reject) => (fail = () => reject(new Error('disk gone'))))
  await using index = new IndexWriter(sink)
  const line = `${noise(100_000).toString('hex')}\n`
  setTimeout(() => fail(), 50)
  const writing = async () => {
    for (;;) {
      index.line(line)
      if (index.full) await index.ready()
    }
  }
  await expect(writing()).rejects.toThrow('disk gone')
  expect(index.full).toBe(true)
  await expect(index.finish()).rejects.toThrow('disk gone')
})
