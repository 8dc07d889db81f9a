import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import type { EntryMap } from './archive-writer.ts'
import {
  chunked,
  noise,
  oneComponent,
  plainOutcome,
  stillClock,
  tarOf,
  testArchive,
  testFile,
  testMeta,
  sha256,
  tarContents,
  text,
} from './test-archive.ts'
import { encodeHeader } from './tar/header.ts'

const signal = new AbortController().signal
const MiB = 2 ** 20
const asIs: EntryMap = (meta) => meta
const nothing = Buffer.alloc(0)

const folder = mkdtempSync(join(tmpdir(), 'spool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a tar that is written into a component', () => {
  it('comes out under the names that the map gives, without what it leaves out', async () => {
    const tar = tarOf([
      [testMeta('.', { type: 'directory' }), nothing],
      testFile('./keep.txt', text(100_000)),
      testFile('./drop.txt', text(70_000)),
      [testMeta('./hard', { type: 'hardlink', linkTarget: Buffer.from('./keep.txt') }), nothing],
    ])
    const home = (name: Buffer) => Buffer.from(`files${name.toString().slice(1)}`)
    const map: EntryMap = (meta) => {
      if (meta.path.toString() === './drop.txt') return null
      return { ...meta, path: home(meta.path), ...(meta.linkTarget && { linkTarget: home(meta.linkTarget) }) }
    }
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        expect(await component.tar(chunked(tar), { map, signal })).toEqual({ entries: 3, bytes: 100_000 })
      }),
    )
    expect(archive.lines.flatMap(({ p, t, l }) => (t ? [[p, t, l]] : []))).toEqual([
      ['holdfast.json', 'f', undefined],
      ['account.json', 'f', undefined],
      ['files', 'd', undefined],
      ['files/keep.txt', 'f', undefined],
      ['files/hard', 'h', 'files/keep.txt'],
      ['manifest.json', 'f', undefined],
    ])
    expect(tarContents(archive.tar)['files/keep.txt']).toBe(sha256(text(100_000)))
  })

  it('loses a small content that was cut, and says so', async () => {
    const tar = tarOf([testFile('files/a', text(5000)), testFile('files/b', text(5000))])
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        const cut = component.tar(chunked(tar.subarray(0, 9000)), { map: asIs, signal })
        await expect(cut).rejects.toMatchObject({ code: 'corrupt', details: { reason: 'cut-in-member' } })
        await component.entry(...testFile('files/c', text(10)))
      }),
    )
    const names = execFileSync('tar', ['-tf', '-'], { input: archive.tar, encoding: 'utf8' })
    expect(names).toBe('holdfast.json\naccount.json\nfiles/a\nfiles/c\nmanifest.json\n')
    expect(archive.lines).toContainEqual({ w: 'unreadable', p: 'files/b', n: 'the stream ended inside it' })
    expect(archive.manifest.components[0]).toMatchObject({ items: 2, bytes: 5010, status: 'warnings' })
  })

  it('loses a small content that was cut even where it begins a segment', async () => {
    const write = (also: boolean) =>
      testArchive(async (writer) => {
        const component = writer.component('files', 'files')
        const tar = tarOf([testFile('files/a', text(5000))])
        const cut = component.tar(chunked(also ? tar.subarray(0, 3000) : nothing), { map: asIs, signal })
        await expect(cut).rejects.toMatchObject({ code: 'corrupt' })
        await component.entry(...testFile('files/b', text(10)))
        return [await component.close(plainOutcome)]
      })
    const [archive, without] = [await write(true), await write(false)]
    expect(archive.lines).toContainEqual({ w: 'unreadable', p: 'files/a', n: 'the stream ended inside it' })
    expect(archive.manifest.components[0]).toMatchObject({ items: 1, bytes: 10, segments: [1, 1] })
    const end = archive.lines.find(({ p }) => p === 'manifest.json')!['a'] as number
    expect(archive.tar.subarray(0, end).equals(without.tar.subarray(0, end))).toBe(true)
  })

  it('fills up a content that was cut after some of it had gone out, and says so', async () => {
    const content = text(9 * MiB)
    const tar = tarOf([testFile('files/a', text(5000)), testFile('files/large', content)])
    const failing = Readable.from(
      (function* () {
        yield tar.subarray(0, 6 * MiB)
        throw new AppError('connection-lost', 'The link broke.')
      })(),
    )
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        await expect(component.tar(failing, { map: asIs, signal })).rejects.toMatchObject({
          code: 'connection-lost',
        })
        await component.entry(...testFile('files/c', text(10)))
      }),
    )
    const padded = Buffer.alloc(9 * MiB)
    const start = tar.indexOf(content.subarray(0, 1000), 7000)
    content.copy(padded, 0, 0, 6 * MiB - start)
    expect(tarContents(archive.tar)).toMatchObject({
      'files/large': sha256(padded),
      'files/c': sha256(text(10)),
    })
    expect(archive.lines).toContainEqual(expect.objectContaining({ p: 'files/large', h: sha256(padded) }))
    expect(archive.lines).toContainEqual({ w: 'padded', p: 'files/large', n: 'the stream ended inside it' })
  })

  it('insists on the two zero blocks', async () => {
    const tar = tarOf([testFile('files/a', text(5000))])
    await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        const cut = component.tar(chunked(tar.subarray(0, -1024)), { map: asIs, signal })
        await expect(cut).rejects.toMatchObject({ details: { reason: 'cut-at-boundary' } })
      }),
    )
  })

  it('names sockets, FIFOs and devices, and leaves out links to them', async () => {
    const fifo = encodeFifo('./pipe')
    const link = tarOf([
      [testMeta('./second', { type: 'hardlink', linkTarget: Buffer.from('./pipe') }), nothing],
    ])
    const archive = await testArchive((writer) =>
      oneComponent(writer, (component) =>
        component.tar(chunked(Buffer.concat([fifo, link])), { map: asIs, signal }),
      ),
    )
    expect(archive.lines).toContainEqual({ w: 'special-file', p: './pipe' })
    expect(archive.lines.filter(({ t }) => t === 'h')).toEqual([])
  })

  it('expands sparse files, and leaves out those that no archive should hold', async () => {
    execFileSync(
      'sh',
      ['-c', 'mkdir s && cd s && truncate -s 30M a && echo end >>a && truncate -s 101G b && ln b c'],
      { cwd: folder },
    )
    const tar = execFileSync('tar', [
      '-C',
      join(folder, 's'),
      '--sort=name',
      '--format=posix',
      '-Scf',
      '-',
      'a',
      'b',
      'c',
    ])
    const archive = await testArchive((writer) =>
      oneComponent(writer, (component) => component.tar(chunked(tar), { map: asIs, signal })),
    )
    expect(tarContents(archive.tar)['a']).toBe(
      sha256(Buffer.concat([Buffer.alloc(30 * MiB), Buffer.from('end\n')])),
    )
    expect(archive.manifest.components[0]).toMatchObject({ items: 1, bytes: 30 * MiB + 4 })
    expect(archive.lines).toContainEqual({ w: 'too-large', p: 'b' })
  })
})

function encodeFifo(path: string): Buffer {
  const block = Buffer.alloc(512)
  encodeHeader(block, 0, { name: Buffer.from(path), typeflag: '6', size: 0 })
  return block
}

describe('progress', () => {
  it('is told 4 times a second at most, and at the end', async () => {
    let time = 0
    const reports: { bytes: number; items: number; current: Buffer | null }[] = []
    await testArchive(
      (writer) =>
        oneComponent(writer, async (component) => {
          for (let i = 0; i < 100; i += 1) {
            await component.entry(...testFile(`files/${i}`, noise(1000)))
            time += 10
          }
        }),
      { clock: { ...stillClock, monotonic: () => time }, progress: (report) => reports.push(report) },
    )
    expect(reports.length).toBe(5)
    expect(reports[1]).toMatchObject({ items: 28, current: Buffer.from('files/25') })
    expect(reports.at(-1)).toMatchObject({ items: 103, current: Buffer.from('manifest.json') })
    expect(reports.at(-1)!.bytes).toBeGreaterThan(100_000)
  })
})

describe('a component', () => {
  it('refuses a second call while one is under way, and any call once it is closed', async () => {
    await testArchive(async (writer) => {
      const component = writer.component('files', 'files')
      const endless = new Readable({ read: () => undefined })
      const first = component.tar(endless, { map: asIs, signal })
      await expect(component.entry(...testFile('files/a', nothing))).rejects.toMatchObject({
        code: 'internal',
      })
      endless.destroy(new Error('over'))
      await expect(first).rejects.toThrow('over')
      const summary = await component.close(plainOutcome)
      await expect(component.entry(...testFile('files/a', nothing))).rejects.toMatchObject({
        code: 'internal',
      })
      return [summary]
    })
  })

  it.each(['', '/etc/passwd', 'files/', 'a\0b'])('refuses the path %j', async (path) => {
    const writing = testArchive((writer) =>
      oneComponent(writer, (component) => component.entry(...testFile(path, nothing))),
    )
    await expect(writing).rejects.toMatchObject({ code: 'internal' })
  })
})
