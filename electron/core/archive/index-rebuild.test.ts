import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture } from './fixture.ts'
import { rebuildIndex } from './index-rebuild.ts'
import { readIndex } from './index-read.ts'

const { signal } = new AbortController()
const foreignId = 'ffffffff-ffff-4fff-8fff-ffffffffffff'
const folder = mkdtempSync(join(tmpdir(), 'index-rebuild-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function rebuild(archive: Buffer): Promise<{ own: boolean; lines: string[] }> {
  const { own, lines } = await rebuildIndex(bufferSource(archive), { signal, foreignId })
  const all: string[] = []
  for await (const batch of lines) all.push(...batch)
  return { own, lines: all.map((line) => line.trimEnd()) }
}

/** Entry and segment lines, wherever the others fall between them. */
function sorted(lines: readonly string[]): readonly string[][] {
  const segments = lines.filter((line) => line.startsWith('{"m"'))
  return [segments, lines.filter((line) => !line.startsWith('{"m"'))]
}

describe('rebuilding an index', () => {
  test('makes the same index of an archive of ours', async () => {
    for (const cut of [4096, 65_536, 10_000_000]) {
      const fixture = buildFixture(accountEntries, { cut })
      const { own, lines } = await rebuild(fixture.archive)
      expect(own).toBe(true)
      expect(sorted(lines)).toEqual(sorted(fixture.indexLines))
    }
  })

  test('finds a manifest that is larger than the first look', async () => {
    const skipped = Array.from({ length: 60_000 }, (_, n) => ({
      path: `files/${n * 7919}`,
      why: hash('sha256', String(n)),
    }))
    const fixture = buildFixture(accountEntries, { manifest: (manifest) => ({ ...manifest, skipped }) })
    expect((await rebuild(fixture.archive)).own).toBe(true)
  })

  test('indexes what tar and gzip made, member by member', async () => {
    mkdirSync(join(folder, 'site'))
    writeFileSync(join(folder, 'site/a.txt'), 'a')
    writeFileSync(join(folder, 'site/b.txt'), 'b'.repeat(5000))
    const tar = execFileSync('tar', ['-cf', '-', '-C', folder, './site'])
    const archive = Buffer.concat([gzipSync(tar.subarray(0, 2000)), gzipSync(tar.subarray(2000))])
    const { own, lines } = await rebuild(archive)
    expect(own).toBe(false)
    expect(lines.filter((line) => line.startsWith('{"m":["m"'))).toHaveLength(2)
    const index = gzipSync(lines.map((line) => `${line}\n`).join(''))
    const paths: string[] = []
    for await (const batch of readIndex(bufferSource(index), { signal })) {
      for (const line of batch) if (line.kind === 'entry') paths.push(line.entry.path.toString())
    }
    expect(paths.sort()).toEqual(['./site', './site/a.txt', './site/b.txt'])
  })

  test('repacked by gzip, an archive of ours is foreign', async () => {
    const { tar } = buildFixture(accountEntries)
    expect((await rebuild(gzipSync(tar))).own).toBe(false)
  })

  test('refuses an archive of more entries than any real one has', async () => {
    const { tar } = buildFixture(Array.from({ length: 30 }, (_, n) => ({ path: `files/${n}` })))
    const { lines } = await rebuildIndex(bufferSource(gzipSync(tar)), { signal, foreignId, entryCap: 20 })
    const read = async (): Promise<void> => {
      for await (const _ of lines);
    }
    await expect(read()).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('refuses an archive that is cut or damaged', async () => {
    const { archive } = buildFixture(accountEntries, { cut: 4096 })
    for (let at = 0; at < archive.length; at += Math.ceil(archive.length / 60)) {
      await expect(rebuild(archive.subarray(0, at))).rejects.toMatchObject({ code: 'corrupt' })
      if (at > 3 && at < 10) continue
      const flipped = Buffer.from(archive)
      flipped[at] = flipped.readUInt8(at) ^ 0x40
      await expect(rebuild(flipped)).rejects.toMatchObject({ code: 'corrupt' })
    }
  })
})
