import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import type { ComponentSummary } from '../../../shared/model/backup.ts'
import type { Clock } from '../ports.ts'
import type { ComponentWriter, EntryMeta } from './archive-writer.ts'
import { encodeEntry } from './tar/encode-entry.ts'
import { blockSize, padding } from './tar/header.ts'
import { TarWalk } from './tar/walk.ts'
import {
  createArchiveWriter,
  type ArchiveWriter,
  type ArchiveWriterOptions,
  type FinishedArchive,
  type ManifestDraft,
} from './writer.ts'

/** For tests: archives in memory, with a clock that stands still. */

const instant = '2026-04-08T01:30:00.000Z'

export const stillClock: Clock = {
  now: () => new Date(instant),
  monotonic: () => 0,
  sleep: () => Promise.resolve(),
}

export const testIdentity: ArchiveWriterOptions['identity'] = {
  format: 1,
  needs: [],
  id: '01961234-5678-7abc-8def-0123456789ab',
  nonce: '00112233445566778899aabbccddeeff',
  source: { kind: 'account', name: 'alice', id: 'account:alice', server: 'lab' },
  server: 'lab',
  scope: 'full',
  startedAt: instant,
  app: 'holdfast 0.1.0',
}

export function testDraft(components: readonly ComponentSummary[]): ManifestDraft {
  const { format, id, nonce, source, scope, startedAt, app } = testIdentity
  return {
    ...{ format, id, nonce, source, scope, startedAt, app, needs: [], components: [...components] },
    finishedAt: '2026-04-08T01:31:00.000Z',
    trigger: 'on-demand',
    schedule: null,
    exclude: [],
    tags: false,
    result: 'succeeded',
    survey: null,
  }
}

export interface TestArchive extends FinishedArchive {
  readonly bytes: Buffer
  readonly tar: Buffer
  readonly indexBytes: Buffer
  readonly lines: readonly Record<string, unknown>[]
}

/** Writes an archive; `fill` returns the summaries of the components that it closed. */
export async function testArchive(
  fill: (writer: ArchiveWriter) => Promise<readonly ComponentSummary[]>,
  options: Partial<ArchiveWriterOptions> = {},
): Promise<TestArchive> {
  const chunks: Uint8Array[] = []
  const indexChunks: Uint8Array[] = []
  const { sink, indexSink, ...rest } = options
  await using writer = await createArchiveWriter({
    identity: testIdentity,
    account: { uid: 1000 },
    credentials: null,
    sink: async (chunk) => {
      await sink?.(chunk)
      chunks.push(Buffer.from(chunk))
    },
    indexSink: async (chunk) => {
      await indexSink?.(chunk)
      indexChunks.push(chunk)
    },
    spoolFolder: '/nonexistent',
    clock: stillClock,
    signal: new AbortController().signal,
    ...rest,
  })
  const facts = await writer.finish(testDraft(await fill(writer)))
  const bytes = Buffer.concat(chunks)
  const indexBytes = Buffer.concat(indexChunks)
  const lines = gunzipSync(indexBytes).toString().trimEnd().split('\n')
  return {
    ...facts,
    bytes,
    indexBytes,
    tar: gunzipSync(bytes),
    lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

export const plainOutcome = { tool: null, version: null, detail: {}, missing: false }

/** A file of alice's, with what a test changes. */
export function testMeta(path: string | Buffer, change: Partial<EntryMeta> = {}): EntryMeta {
  return {
    path: Buffer.from(path),
    type: 'file',
    size: 0,
    mode: 0o644,
    uid: 1000,
    gid: 1000,
    uname: 'alice',
    gname: 'alice',
    mtime: 1_700_000_000_123_456_789n,
    ...change,
  }
}

/** A file whose content is at hand. */
export function testFile(path: string | Buffer, content: Buffer): [EntryMeta, Buffer] {
  return [testMeta(path, { size: content.length }), content]
}

/** Fills the only component of an archive. */
export async function oneComponent(
  writer: ArchiveWriter,
  fill: (component: ComponentWriter) => Promise<unknown>,
): Promise<ComponentSummary[]> {
  const component = writer.component('files', 'files')
  await fill(component)
  return [await component.close(plainOutcome)]
}

const random = createHash('shake256', { outputLength: 2 ** 20 })
  .update('holdfast')
  .digest()
const line = Buffer.from(`INSERT INTO t VALUES (${random.toString('hex', 0, 4096)});\n`)

/** Bytes that deflate well, the same for the same seed. */
export function text(length: number, seed = 0): Buffer {
  return turned(line, length, seed)
}

/** Bytes that do not deflate, the same for the same seed. */
export function noise(length: number, seed = 0): Buffer {
  return turned(random, length, seed)
}

function turned(bytes: Buffer, length: number, seed: number): Buffer {
  const start = (seed * 7919) % bytes.length
  if (start + length <= bytes.length) return bytes.subarray(start, start + length)
  return Buffer.alloc(length, Buffer.concat([bytes.subarray(start), bytes.subarray(0, start)]))
}

/** Paths of the entries of a tar by the offset of their last header block, below which a cut may lie. */
export function headerPlaces(tar: Buffer): Map<number, string> {
  const walk = new TarWalk()
  const places = new Map<number, string>()
  for (const event of walk.push(tar)) {
    if (event.kind === 'entry') places.set(walk.offset - blockSize, event.meta.path.toString())
  }
  return places
}

/** A tar of entries, with its closing blocks. */
export function tarOf(entries: readonly (readonly [EntryMeta, Buffer])[]): Buffer {
  return Buffer.concat([
    ...entries.flatMap(([meta, content]) => [
      encodeEntry(meta),
      content,
      Buffer.alloc(padding(content.length)),
    ]),
    Buffer.alloc(1024),
  ])
}

export function chunked(bytes: Buffer, size = 65_536): Readable {
  const count = Math.ceil(bytes.length / size)
  return Readable.from(Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size)))
}

/** Names and SHA-256 of the files in a tar, as Python's tarfile sees them. */
export function tarContents(tar: Buffer): Record<string, string> {
  const script =
    'import sys, json, tarfile, hashlib\n' +
    "t = tarfile.open(fileobj=sys.stdin.buffer, mode='r|')\n" +
    'print(json.dumps({m.name: hashlib.sha256(t.extractfile(m).read()).hexdigest() for m in t if m.isreg()}))'
  const printed = execFileSync('python3', ['-c', script], { input: tar, encoding: 'utf8' })
  return JSON.parse(printed) as Record<string, string>
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
