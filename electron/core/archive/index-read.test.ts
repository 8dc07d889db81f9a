import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture, fixtureId } from './fixture.ts'
import type { IndexLine } from './index-decode.ts'
import { readIndex, readIndexSegments } from './index-read.ts'

const { signal } = new AbortController()
const fixture = buildFixture(accountEntries)

async function read(index: Buffer): Promise<IndexLine[]> {
  const lines: IndexLine[] = []
  for await (const batch of readIndex(bufferSource(index), { signal })) lines.push(...batch)
  return lines
}

function withLines(change: (lines: string[]) => readonly string[]): Buffer {
  return gzipSync(
    change([...fixture.indexLines])
      .map((line) => `${line}\n`)
      .join(''),
  )
}

describe('reading an index', () => {
  test('gives entries, segments and the end', async () => {
    const lines = await read(fixture.index)
    expect(lines[0]).toEqual({ kind: 'head', format: 1, id: fixtureId })
    expect(lines.filter(({ kind }) => kind === 'entry')).toHaveLength(accountEntries.length + 2)
    expect(lines.at(-1)).toMatchObject({ kind: 'end', end: { tree: fixture.outer.archive.tree } })
  })

  test('keeps the bytes of names that are not UTF-8', async () => {
    const paths = (await read(fixture.index)).flatMap((line) =>
      line.kind === 'entry' ? [line.entry.path] : [],
    )
    expect(paths.some((path) => path.equals(Buffer.from('files/caf\xe9.txt', 'latin1')))).toBe(true)
  })

  test('skips lines of a kind that it does not know', async () => {
    const index = withLines((lines) => lines.toSpliced(2, 0, '{"z":[1,2]}'))
    await expect(read(index)).resolves.toContainEqual({ kind: 'other' })
  })

  test('finds the segments without decoding the entries', async () => {
    const { id, segments, end } = await readIndexSegments(bufferSource(fixture.index), { signal })
    expect(id).toBe(fixtureId)
    expect(segments).toHaveLength(end.segments)
  })

  const nth = (kind: string) => fixture.indexLines.findIndex((line) => line.startsWith(kind))
  test.each<[string, (lines: string[]) => readonly string[]]>([
    ['has no end', (lines) => lines.slice(0, -1)],
    ['has no head', (lines) => lines.slice(1)],
    ['goes on after its end', (lines) => [...lines, '{"z":1}']],
    ['lacks an entry', (lines) => lines.toSpliced(nth('{"p"'), 1)],
    ['lacks a segment', (lines) => lines.toSpliced(nth('{"m"'), 1)],
    ['has a segment twice', (lines) => lines.toSpliced(nth('{"m"'), 0, lines[nth('{"m"')] ?? '')],
    [
      'has another tree',
      (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').replace(/[0-9a-f]{64}/, '0'.repeat(64))],
    ],
    ['is no JSON', (lines) => lines.with(3, '{"p":')],
    [
      'has a negative size',
      (lines) => lines.with(nth('{"p"'), (lines[nth('{"p"')] ?? '').replace(/"s":\d+/, '"s":-1')),
    ],
    [
      'has a size in words',
      (lines) => lines.with(nth('{"p"'), (lines[nth('{"p"')] ?? '').replace(/"s":\d+/, '"s":"1"')),
    ],
  ])('refuses one that %s', async (_, change) => {
    await expect(read(withLines(change))).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('refuses a format that it does not know', async () => {
    const index = withLines((lines) => lines.with(0, `{"format":2,"id":"${fixtureId}"}`))
    await expect(read(index)).rejects.toMatchObject({ code: 'unsupported' })
  })

  test('refuses one that was cut anywhere', async () => {
    for (let length = 0; length < fixture.index.length; length += 37) {
      await expect(read(fixture.index.subarray(0, length))).rejects.toMatchObject({ code: 'corrupt' })
    }
    const text = gunzipSync(fixture.index)
    await expect(read(gzipSync(text.subarray(0, -1)))).rejects.toMatchObject({ code: 'corrupt' })
  })
})
