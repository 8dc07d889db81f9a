import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import type { EntryMeta } from './archive-writer.ts'
import { fillLimit } from './segment-cutter.ts'
import {
  chunked,
  oneComponent,
  sha256,
  tarContents,
  testArchive,
  testFile,
  testMeta,
  text,
} from './test-archive.ts'

const signal = new AbortController().signal
const MiB = 2 ** 20

const folder = mkdtempSync(join(tmpdir(), 'spool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a body of unknown size', () => {
  const meta = (({ size: _size, type: _type, ...rest }: EntryMeta) => rest)(
    testMeta('databases/mysql/shop.sql'),
  )
  const proven = () => Promise.resolve()

  it.each([
    ['empty', 0],
    ['short', 1000],
    ['just over a segment', 4 * MiB - 512],
    ['two whole segments', 2 * fillLimit],
    ['eight MiB', 8 * MiB],
    ['long and odd', 13 * MiB + 77],
  ])('is written whole when it is %s', async (_name, size) => {
    const content = text(size)
    const archive = await testArchive((writer) =>
      oneComponent(writer, async (component) => {
        await component.entry(...testFile('files/before', text(100)))
        expect(await component.spooled({ meta, body: chunked(content), prove: proven }, { signal })).toBe(
          size,
        )
        component.part({ kind: 'table', name: 't', from: 0, to: 1 })
        await component.entry(...testFile('files/after', text(100)))
      }),
    )
    const hash = sha256(content)
    expect(tarContents(archive.tar)).toMatchObject({
      'databases/mysql/shop.sql': hash,
      'files/after': sha256(text(100)),
    })
    const line = archive.lines.find(({ p }) => p === 'databases/mysql/shop.sql')!
    expect(line).toMatchObject({ s: size, h: hash })
    expect(archive.lines).toContainEqual({ x: 'table', e: line['a'], n: 't', r: [0, 1] })
    const lengths = archive.lines.flatMap(({ m }) => (m ? [(m as number[])[4]!] : []))
    expect(lengths.reduce((sum, length) => sum + length)).toBe(archive.tar.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4 * MiB)
  })

  it('shows its end and size to the proof before anything of it is written', async () => {
    const content = text(9 * MiB, 3)
    let seen: { size: number; tail: Buffer } | null = null
    await testArchive((writer) =>
      oneComponent(writer, (component) =>
        component.spooled(
          { meta, body: chunked(content), prove: (facts) => Promise.resolve(void (seen = facts)) },
          { signal },
        ),
      ),
    )
    expect(seen).toMatchObject({ size: 9 * MiB })
    expect(seen!.tail.equals(content.subarray(-65_536))).toBe(true)
  })

  it.each([
    [
      'its proof fails',
      () => ({ body: chunked(text(9 * MiB)), prove: () => Promise.reject(new Error('no end')) }),
    ],
    [
      'its stream fails',
      () => ({
        body: Readable.from(
          (function* () {
            yield text(9 * MiB)
            throw new Error('no end')
          })(),
        ),
        prove: proven,
      }),
    ],
  ])('leaves nothing behind where %s', async (_name, make) => {
    const write = (also: boolean) =>
      testArchive((writer) =>
        oneComponent(writer, async (component) => {
          await component.entry(...testFile('files/before', text(100)))
          if (also) await expect(component.spooled({ meta, ...make() }, { signal })).rejects.toThrow('no end')
          await component.entry(...testFile('files/after', text(100)))
        }),
      )
    expect((await write(true)).bytes.equals((await write(false)).bytes)).toBe(true)
  })

  it('goes by way of a nameless file where memory does not hold it', async () => {
    const content = Buffer.concat(Array.from({ length: 45 }, () => randomBytes(MiB)))
    let names: string[] | null = null
    const archive = await testArchive(
      (writer) =>
        oneComponent(writer, (component) =>
          component.spooled(
            {
              meta,
              body: chunked(content),
              prove: () => Promise.resolve(void (names = readdirSync(folder))),
            },
            { signal },
          ),
        ),
      { spoolFolder: folder },
    )
    expect(tarContents(archive.tar)['databases/mysql/shop.sql']).toBe(sha256(content))
    expect(names).not.toEqual(expect.arrayContaining([expect.stringContaining('spool')]))
  })

  it('stops when it is cancelled', async () => {
    const controller = new AbortController()
    const endless = new Readable({ read: () => undefined })
    const writing = testArchive((writer) =>
      oneComponent(writer, (component) =>
        component.spooled({ meta, body: endless, prove: proven }, { signal: controller.signal }),
      ),
    )
    setTimeout(() => controller.abort(), 20)
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' })
  })
})
