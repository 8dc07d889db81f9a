import { Readable } from 'node:stream'
import { oneComponent, testDraft, testIdentity, testMeta, stillClock } from './test-archive.ts'
import { encodeEntry } from './tar/encode-entry.ts'
import { createArchiveWriter } from './writer.ts'

/** For tests: writes an archive of as many small files as the argument says, and prints its peak memory in bytes. */

const count = Number(process.argv[2])
const content = Buffer.alloc(512, 'x')

function* tar(): Generator<Buffer> {
  for (let first = 0; first < count; first += 50) {
    const entries = Array.from({ length: Math.min(50, count - first) }, (_, i) => {
      const path = `files/folder-${(first + i) % 1000}/file-${first + i}.txt`
      return [encodeEntry(testMeta(path, { size: 500 })), content]
    })
    yield Buffer.concat(entries.flat())
  }
  yield Buffer.alloc(1024)
}

const { signal } = new AbortController()
await using writer = await createArchiveWriter({
  identity: testIdentity,
  account: null,
  credentials: null,
  sink: () => Promise.resolve(),
  indexSink: () => Promise.resolve(),
  spoolFolder: '/nonexistent',
  clock: stillClock,
  signal,
})
const summaries = await oneComponent(writer, (component) =>
  component.tar(Readable.from(tar()), { map: (meta) => meta, signal }),
)
await writer.finish(testDraft(summaries))
process.stdout.write(String(process.resourceUsage().maxRSS * 1024))
