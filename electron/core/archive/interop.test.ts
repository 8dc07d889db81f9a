import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EntryMeta } from './archive-writer.ts'
import { fillLimit } from './segment-cutter.ts'
import { isPresent, tools, type Tool } from './interop-tools.ts'
import {
  chunked,
  noise,
  oneComponent,
  plainOutcome,
  sha256,
  testArchive,
  testFile,
  testMeta,
  text,
  type TestArchive,
} from './test-archive.ts'
import { encodeEntry } from './tar/encode-entry.ts'

const signal = new AbortController().signal
const MiB = 2 ** 20
const nothing = Buffer.alloc(0)
const bytes = (name: string) => Buffer.from(name, 'latin1')
const long = (part: string, times: number) => Array<string>(times).fill(part).join('/')

/** Contents by name; the name's bytes as Latin-1. */
const files = new Map<string, Buffer>(
  (
    [
      ['files/plain.txt', text(1000)],
      ['files/empty', nothing],
      ['files/two\nlines', text(10)],
      [bytes('files/caf\xe9').toString('latin1'), text(20)],
      [`files/${'\xe9'.repeat(180)}`, text(30)],
      [Buffer.from('files/Grüße.txt').toString('latin1'), text(40)],
      [Buffer.from(`files/${'ü'.repeat(100)}`).toString('latin1'), text(50)],
      [`files/${long('directory-with-a-name', 6)}/file`, text(60)],
      [`files/${long('directory-with-a-name', 30)}/file`, text(70)],
      ['files/noise', noise(5 * MiB)],
      ['files/z', text(80)],
    ] as const
  ).map(([name, content]) => [name, content]),
)

const links = new Map<string, string>([
  ['files/link', 'plain.txt'],
  ['files/long-link', '\xe9'.repeat(150)],
])

const plain = { mtime: 1_700_000_000_000_000_000n } as const
const target = bytes('holdfast.json')

/** Entries of every kind, most of which need no more than a ustar block. */
const atCuts: readonly EntryMeta[] = [
  testMeta('folder', { ...plain, type: 'directory', mode: 0o755 }),
  testMeta('link', { ...plain, type: 'symlink', linkTarget: target }),
  testMeta('hard', { ...plain, type: 'hardlink', linkTarget: target }),
  testMeta('empty', plain),
  testMeta('text', { ...plain, size: 2048 }),
  testMeta('text', { size: 100 }),
  testMeta(bytes('\xe9'.repeat(180)), plain),
  testMeta('long'.repeat(45), plain),
  testMeta('far', { ...plain, type: 'symlink', linkTarget: bytes('\xe9'.repeat(150)) }),
  testMeta('large', { ...plain, size: 4 * MiB }),
]

let folder = ''
let archive: TestArchive
let path = ''
/** All that can lie at a cut, quickly read. */
let small: TestArchive

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interop-'))
  archive = await testArchive((writer) =>
    oneComponent(writer, async (component) => {
      await component.entry(testMeta('files', { type: 'directory', mode: 0o755 }), nothing)
      for (const [name, content] of files) await component.entry(...testFile(bytes(name), content))
      for (const [name, target] of links) {
        const meta: EntryMeta = testMeta(bytes(name), { type: 'symlink', linkTarget: bytes(target) })
        await component.entry(meta, nothing)
      }
      const hard = testMeta('files/hard', { type: 'hardlink', linkTarget: bytes([...files.keys()][4]!) })
      await component.entry(hard, nothing)
      const [{ size: _size, type: _type, ...meta }] = testFile('databases/mysql/shop.sql', nothing)
      const body = chunked(text(9 * MiB, 1))
      await component.spooled({ meta, body, prove: () => Promise.resolve() }, { signal })
    }),
  )
  small = await testArchive(async (writer) => {
    const summaries = []
    for (const [number, { path: name, ...rest }] of atCuts.entries()) {
      const component = writer.component('paths', String(number))
      for (const place of ['first', 'last']) {
        const path = Buffer.concat([bytes(`paths/${number}-${place}-`), name])
        const content = rest.type === 'file' ? text(rest.size) : nothing
        await component.entry({ ...rest, path }, content)
      }
      summaries.push(await component.close(plainOutcome))
    }
    const dumps = writer.component('mysql', 'shop')
    for (const length of [5 * MiB, 2 * fillLimit, 100]) {
      const { size: _size, type: _type, ...meta } = testMeta(`databases/mysql/${length}.sql`)
      const body = chunked(text(length))
      await dumps.spooled({ meta, body, prove: () => Promise.resolve() }, { signal })
    }
    return [...summaries, await dumps.close(plainOutcome)]
  })
  files.set('databases/mysql/shop.sql', text(9 * MiB, 1))
  files.set('files/hard', [...files.values()][4]!)
  path = join(folder, 'archive.tar.gz')
  writeFileSync(path, archive.bytes)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function emptyFolder(tool: Tool): string {
  const into = join(folder, tool.name.replaceAll(/[^a-z0-9]/gi, '-'))
  rmSync(into, { recursive: true, force: true })
  mkdirSync(into)
  return into
}

/** SHA-256 by name of the regular files below a folder, and targets of symlinks. */
function tree(root: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const entry of readdirSync(root, { encoding: 'buffer', recursive: false, withFileTypes: true })) {
    const full = Buffer.concat([Buffer.from(root, 'latin1'), Buffer.from('/'), entry.name])
    const name = entry.name.toString('latin1')
    if (entry.isDirectory()) {
      for (const [inner, value] of tree(full.toString('latin1'))) found.set(`${name}/${inner}`, value)
    } else if (entry.isSymbolicLink()) found.set(name, `-> ${readlinkSync(full, 'latin1')}`)
    else found.set(name, sha256(readFileSync(full)))
  }
  return found
}

describe.each(tools)('$name', (tool) => {
  const present = isPresent(tool)
  const hint = present ? '' : ` (needs ${tool.program}: apt-get install ${tool.package})`

  it.runIf(present)(`reads an archive whole, with nothing on stderr${hint}`, () => {
    const into = emptyFolder(tool)
    const { code, stderr, stdout } = tool.run(path, into)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    if (tool.does === 'list') return
    if (tool.does === 'inflate') {
      expect(sha256(stdout)).toBe(sha256(archive.tar))
      return
    }
    const found = tree(into)
    for (const [name, content] of files) expect([name, found.get(name)]).toEqual([name, sha256(content)])
    for (const [name, target] of links) expect([name, found.get(name)]).toEqual([name, `-> ${target}`])
    expect(found.size).toBe(files.size + links.size + 3)
  })

  it.runIf(present)(`notices a cut at any segment boundary${hint}`, { tags: ['thorough'] }, () => {
    const ends = small.lines.flatMap(({ m }) => (m ? [(m as number[])[1]! + (m as number[])[2]!] : []))
    expect(ends.length).toBe(22)
    for (const end of [10, ...(tool.ignoresTrailer ? ends.slice(0, -1) : ends)]) {
      const cut = join(folder, 'cut.tar.gz')
      writeFileSync(cut, small.bytes.subarray(0, end))
      const { code } = tool.run(cut, emptyFolder(tool))
      expect([end, code === 0]).toEqual([end, false])
    }
  })
})

const busybox = tools.find(({ program }) => program === 'busybox')!

it.runIf(isPresent(busybox))('BusyBox reads the size of a 9 GiB entry', () => {
  const size = 9 * 2 ** 30
  const input = encodeEntry(testMeta('files/huge', { size }))
  const { stdout } = spawnSync('busybox', ['tar', '-tvf', '-'], { input, encoding: 'utf8' })
  expect(stdout).toContain(` ${size} `)
})
