import { createHash, hash } from 'node:crypto'
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib'
import type { ComponentKind, InnerManifest, OuterManifest } from '../../../shared/model/backup.ts'
import type { EntryMeta } from './archive-writer.ts'
import { lastBlock, ownHeader } from './gzip-frame.ts'
import { encodeEntry } from './tar/encode-entry.ts'
import { padding } from './tar/header.ts'

/** One entry of a small archive for tests. */
export interface FixtureEntry {
  readonly path: string | Buffer
  readonly content?: string | Buffer
  readonly type?: EntryMeta['type']
  readonly target?: string | Buffer
  readonly mode?: number
}

/** A small archive, made by hand from the specification and not by the writer, so that tests can bend it. */
export interface Fixture {
  readonly archive: Buffer
  readonly index: Buffer
  readonly indexLines: readonly string[]
  readonly tar: Buffer
  readonly inner: InnerManifest
  readonly outer: OuterManifest
}

interface FixtureOptions {
  readonly id?: string
  readonly nonce?: string
  readonly needs?: readonly string[]
  /** Tar bytes after which a segment ends between two entries. */
  readonly cut?: number
  /** Changes the manifest before it is written. */
  readonly manifest?: (manifest: InnerManifest) => object
  /** Raw bytes of tar instead of the two zero blocks. */
  readonly closing?: Buffer
}

const letters = { file: 'f', directory: 'd', symlink: 'l', hardlink: 'h' } as const
const kinds: readonly (readonly [string, ComponentKind])[] = [
  ['files', 'files'],
  ['paths', 'paths'],
  ['databases/mysql', 'mysql'],
  ['databases/postgresql', 'postgresql'],
  ['mail', 'mail'],
  ['cron', 'cron'],
  ['config', 'config'],
]
export const fixtureId = '0196b0a0-0000-7000-8000-000000000001'
const start = '2026-04-08T02:00:00.000Z'

/** Makes an archive, its index and both manifests. Entries of one component must follow one another. */
export function buildFixture(entries: readonly FixtureEntry[], options: FixtureOptions = {}): Fixture {
  const {
    needs = [],
    id = fixtureId,
    nonce = '0'.repeat(32),
    cut = 65_536,
    closing = Buffer.alloc(1024),
  } = options
  const build = new Builder(id)
  const source = { kind: 'account' as const, name: 'alice', id: 'alice', server: 'lab' }
  const head = {
    format: 1,
    needs,
    id,
    nonce,
    source,
    server: 'lab',
    scope: 'full',
    startedAt: start,
    app: 'test',
  }
  build.entry({ path: 'holdfast.json', content: JSON.stringify(head) })
  const components: InnerManifest['components'] = []
  let rest = [...entries]
  while (rest[0] !== undefined) {
    const prefix = prefixOf(rest[0])
    if (build.pending > 0) build.segment()
    const own = rest.filter((entry) => prefixOf(entry) === prefix)
    rest = rest.filter((entry) => prefixOf(entry) !== prefix)
    const first = build.restart.length
    const lines = own.map((entry) => {
      const line = build.entry(entry)
      if (build.pending >= cut) build.segment()
      return line
    })
    if (build.pending > 0) build.segment()
    const kind = kinds.find(([name]) => name === prefix)?.[1]
    if (kind === undefined) continue
    components.push({
      kind,
      name: kind,
      status: 'ok',
      items: own.length,
      bytes: own.reduce((sum, { content = '' }) => sum + Buffer.byteLength(content), 0),
      sha256: hash('sha256', lines.map((line) => `${line}\n`).join('')),
      segments: [first, build.restart.length - 1],
      tool: 'tar',
      version: null,
      detail: {},
      warnings: [],
      warningCount: 0,
      gaps: 0,
    })
  }
  if (build.pending > 0) build.segment()
  const inner: InnerManifest = {
    format: 1,
    needs: [],
    id,
    nonce,
    app: 'test',
    source,
    scope: 'full',
    startedAt: start,
    finishedAt: '2026-04-08T02:01:00.000Z',
    trigger: 'on-demand',
    schedule: null,
    exclude: [],
    tags: false,
    result: 'succeeded',
    components,
    survey: null,
    skipped: [],
    skippedCount: 0,
    restart: build.restart,
  }
  build.entry({ path: 'manifest.json', content: JSON.stringify(options.manifest?.(inner) ?? inner) })
  const { archive, lines, end, tar } = build.finish(closing)
  const index = gzipSync(lines.map((line) => `${line}\n`).join(''))
  const { restart: _, ...core } = inner
  const outer: OuterManifest = {
    ...core,
    archive: { ...end, sha256: hash('sha256', archive) },
    index: { size: index.length, sha256: hash('sha256', index) },
    copy: { name: 'alice_2026-04-08.tar.gz', verified: null },
  }
  return { archive, index, indexLines: lines, tar, inner, outer }
}

function prefixOf({ path }: FixtureEntry): string {
  const text = path.toString('latin1')
  return kinds.find(([name]) => text === name || text.startsWith(`${name}/`))?.[0] ?? ''
}

class Builder {
  readonly lines: string[]
  readonly restart: [number, number][] = []
  readonly #tar: Buffer[] = []
  #waiting: Buffer[] = []
  #tarLength = 0
  #segmentStart = 0
  readonly #stored: Buffer[] = [ownHeader]
  #storedLength = ownHeader.length
  readonly #tree = createHash('sha256')
  #entries = 0

  constructor(id: string) {
    this.lines = [JSON.stringify({ format: 1, id })]
  }

  get pending(): number {
    return this.#tarLength - this.#segmentStart
  }

  entry({ path, content = '', type = 'file', target, mode = 0o644 }: FixtureEntry): string {
    const name = Buffer.from(path)
    const bytes = Buffer.from(content)
    const link = target === undefined ? null : Buffer.from(target)
    const mtime = 1_775_000_000_123_456_789n
    const blocks = encodeEntry({
      path: name,
      type,
      size: bytes.length,
      mode,
      uid: 1000,
      gid: 1000,
      uname: 'alice',
      gname: 'alice',
      mtime,
      ...(link && { linkTarget: link }),
    })
    const line = JSON.stringify({
      ...names('p', 'b', name),
      t: letters[type],
      s: bytes.length,
      o: mode,
      u: 1000,
      g: 1000,
      d: String(mtime),
      ...(type === 'file' && { h: hash('sha256', bytes) }),
      a: this.#tarLength,
      ...(link && names('l', 'lb', link)),
    })
    this.#add(Buffer.concat([blocks, bytes, Buffer.alloc(padding(bytes.length))]))
    this.lines.push(line)
    this.#entries += 1
    return line
  }

  segment(): void {
    const tar = Buffer.concat(this.#waiting)
    const stored = deflateRawSync(tar, { finishFlush: constants.Z_SYNC_FLUSH })
    const digest = hash('sha256', stored, 'buffer')
    this.#tree.update(digest)
    const place = [this.#storedLength, stored.length, this.#segmentStart, tar.length] as const
    this.lines.push(JSON.stringify({ m: ['s', ...place, crc32(tar), digest.toString('hex')] }))
    this.restart.push([stored.length, tar.length])
    this.#stored.push(stored)
    this.#storedLength += stored.length
    this.#segmentStart = this.#tarLength
    this.#waiting = []
  }

  finish(closing: Buffer): {
    archive: Buffer
    lines: string[]
    tar: Buffer
    end: OuterManifest['archive']
  } {
    this.#add(closing)
    this.segment()
    const tar = Buffer.concat(this.#tar)
    const trailer = Buffer.alloc(8)
    trailer.writeUInt32LE(crc32(tar), 0)
    trailer.writeUInt32LE(tar.length % 2 ** 32, 4)
    const archive = Buffer.concat([...this.#stored, lastBlock, trailer])
    const end = {
      entries: this.#entries,
      segments: this.restart.length,
      size: archive.length,
      tree: this.#tree.digest('hex'),
    }
    this.lines.push(JSON.stringify({ end }))
    return { archive, lines: this.lines, tar, end }
  }

  #add(bytes: Buffer): void {
    this.#tar.push(bytes)
    this.#waiting.push(bytes)
    this.#tarLength += bytes.length
  }
}

function names(plain: string, binary: string, name: Buffer): Record<string, string> {
  const text = name.toString()
  return Buffer.from(text).equals(name) ? { [plain]: text } : { [binary]: name.toString('base64') }
}

/** Entries as a small account has them: every component, links, names that are not UTF-8. */
export const accountEntries: readonly FixtureEntry[] = [
  { path: 'account.json', content: '{"uid":1000}' },
  { path: 'files', type: 'directory', mode: 0o750 },
  { path: 'files/public_html', type: 'directory', mode: 0o755 },
  { path: 'files/public_html/index.php', content: '<?php echo "hello";\n', mode: 0o644 },
  { path: 'files/public_html/photo.jpg', content: noise(180_000) },
  { path: 'files/public_html/copy.jpg', type: 'hardlink', target: 'files/public_html/photo.jpg' },
  { path: 'files/current', type: 'symlink', target: 'public_html', mode: 0o777 },
  { path: Buffer.from('files/caf\xe9.txt', 'latin1'), content: 'latin1 name' },
  { path: 'files/日本/ünïcode.txt', content: 'utf-8 name' },
  { path: `files/${'long/'.repeat(40)}name.txt`, content: 'deep' },
  { path: 'files/empty', content: '' },
  { path: 'databases/mysql/_setup.sql', content: 'CREATE DATABASE `shop`;\n' },
  {
    path: 'databases/mysql/shop.sql',
    content: `-- MariaDB dump\n${'INSERT INTO t VALUES (1);\n'.repeat(9000)}-- Dump completed\n`,
  },
  { path: 'mail/example.com/info/cur/1.eml', content: 'Subject: hello\n\nhello\n' },
  { path: 'cron/crontab', content: '0 2 * * * true\n' },
]

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}
