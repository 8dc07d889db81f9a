import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openDocument, type DocumentOptions } from './document.ts'

const Names = z.strictObject({ names: z.array(z.string()) })
let folder: string
let file: string
const warnings: string[] = []

const options = (more: Partial<DocumentOptions<typeof Names>> = {}): DocumentOptions<typeof Names> => ({
  file,
  schema: Names,
  version: 1,
  migrations: {},
  empty: { names: [] },
  log: { write: (_level, text) => void warnings.push(text) },
  ...more,
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-document-'))
  file = join(folder, 'servers.json')
  warnings.length = 0
})
afterEach(() => rm(folder, { recursive: true }))

/** A document that was saved twice, so that both generations exist: `['a']` in the backup, `['a', 'b']` now. */
async function savedTwice(): Promise<void> {
  const document = await openDocument(options())
  await document.update(() => ({ names: ['a'] }))
  await document.update(({ names }) => ({ names: [...names, 'b'] }))
}

/** Every file's bytes, by name. */
async function allFiles(): Promise<Map<string, string>> {
  const names = (await readdir(folder)).sort()
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'latin1')] as const),
    ),
  )
}

describe('a document', () => {
  test('begins with the given value and writes nothing before the first update', async () => {
    const document = await openDocument(options())
    expect(document.read()).toEqual({ names: [] })
    expect(await readdir(folder)).toEqual([])
  })

  test('is read back as it was saved, by its owner only', async () => {
    await savedTwice()
    expect((await openDocument(options())).read()).toEqual({ names: ['a', 'b'] })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect([...(await allFiles()).keys()]).toEqual(['servers.json', 'servers.json.bak'])
  })

  test('takes updates one after the other', async () => {
    const document = await openDocument(options())
    const letters = Array.from({ length: 20 }, (_, index) => `name ${index}`)
    await Promise.all(letters.map((name) => document.update(({ names }) => ({ names: [...names, name] }))))
    expect((await openDocument(options())).read().names).toEqual(letters)
  })

  test('stays as it was where an update throws or does not fit the schema', async () => {
    await savedTwice()
    const document = await openDocument(options())
    const before = await allFiles()
    await expect(document.update(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(document.update(() => ({ names: [1] }) as never)).rejects.toThrow()
    expect(document.read()).toEqual({ names: ['a', 'b'] })
    expect(await allFiles()).toEqual(before)
    await expect(document.update(() => ({ names: ['c'] }))).resolves.toEqual({ names: ['c'] })
  })

  test('hands out values that nobody can change by accident', async () => {
    const document = await openDocument(options({ empty: { names: ['a'] } }))
    expect(() => document.read().names.push('b')).toThrow(TypeError)
  })

  test('is taken through every migration, and stays unwritten until it changes', async () => {
    await writeFile(file, JSON.stringify({ version: 1, data: 'a b' }))
    const migrated = options({
      version: 3,
      migrations: { 1: (data) => (data as string).split(' '), 2: (data) => ({ names: data }) },
    })
    const document = await openDocument(migrated)
    expect(document.read()).toEqual({ names: ['a', 'b'] })
    expect(await readFile(file, 'utf8')).toBe('{"version":1,"data":"a b"}')
    await document.update((value) => ({ names: [...value.names, 'c'] }))
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 3, data: { names: ['a', 'b', 'c'] } })
    expect(await readFile(`${file}.bak`, 'utf8')).toBe('{"version":1,"data":"a b"}')
  })

  test('of a newer version is refused and left untouched', async () => {
    await savedTwice()
    await writeFile(file, '{"version": 9, "data": {"names": [], "more": true}}')
    const before = await allFiles()
    await expect(openDocument(options())).rejects.toMatchObject({ code: 'unsupported' })
    expect(await allFiles()).toEqual(before)
  })

  test.each([
    ['empty', ''],
    ['half', '{"version":1,"data":{"names":["a","b'],
    ['zeros', '\0'.repeat(64)],
    ['no text', '\xff\xfe'],
    ['another shape', '{"version":1,"data":{"names":"a"}}'],
  ])('that is damaged (%s) gives way to its backup copy and stays beside it', async (_how, damaged) => {
    await savedTwice()
    await writeFile(file, damaged, 'latin1')
    expect((await openDocument(options())).read()).toEqual({ names: ['a'] })
    expect(await readFile(`${file}.corrupt-1`, 'latin1')).toBe(damaged)
    expect(warnings).toHaveLength(1)

    await writeFile(file, 'again')
    const document = await openDocument(options())
    expect(await readFile(`${file}.corrupt-2`, 'utf8')).toBe('again')
    await document.update(({ names }) => ({ names: [...names, 'z'] }))
    expect((await openDocument(options())).read()).toEqual({ names: ['a', 'z'] })
  })

  test('with both generations damaged is refused, or begins empty where it can be rebuilt', async () => {
    await savedTwice()
    await writeFile(file, 'x')
    await writeFile(`${file}.bak`, 'y')
    const before = await allFiles()
    await expect(openDocument(options())).rejects.toMatchObject({ code: 'corrupt' })
    expect(await allFiles()).toEqual(before)
    const rebuilt = await openDocument(options({ rebuildable: true }))
    expect(rebuilt.read()).toEqual({ names: [] })
    expect([...(await allFiles()).values()].sort()).toEqual(['x', 'y'])
  })

  test('never loses bytes, whatever happened to the file (200 mutations)', async () => {
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(80) }),
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(80), bit: fc.nat(7) }),
      fc.record({ kind: fc.constant('zero' as const), at: fc.nat(80) }),
      fc.record({ kind: fc.constant('future' as const), at: fc.integer({ min: 2, max: 99 }) }),
      fc.record({ kind: fc.constant('junk' as const), bytes: fc.uint8Array({ maxLength: 100 }) }),
    )
    const outcomes = { refused: 0, backup: 0, current: 0 }
    await fc.assert(
      fc.asyncProperty(mutation, async (how) => {
        await rm(folder, { recursive: true })
        folder = await mkdtemp(join(tmpdir(), 'holdfast-document-'))
        file = join(folder, 'servers.json')
        await savedTwice()
        const bytes = await readFile(file)
        const mutated = mutate(bytes, how)
        await writeFile(file, mutated)
        const before = await allFiles()

        const value = await openDocument(options()).then(
          (document) => document.read(),
          (error: unknown) => error,
        )
        const after = [...(await allFiles()).values()]
        for (const content of before.values()) expect(after).toContain(content)
        if (value instanceof Error) {
          expect(value).toMatchObject({ code: 'unsupported' })
          expect(await allFiles()).toEqual(before)
          outcomes.refused += 1
        } else if ((await readFile(file).catch(() => null)) === null) {
          expect(value).toEqual({ names: ['a'] })
          outcomes.backup += 1
        } else {
          expect(value).toEqual((JSON.parse(mutated.toString()) as { data: unknown }).data)
          outcomes.current += 1
        }
      }),
      { numRuns: 200 },
    )
    expect(outcomes.refused).toBeGreaterThan(10)
    expect(outcomes.backup).toBeGreaterThan(50)
  })
})

type Mutation =
  | { kind: 'cut' | 'zero' | 'future'; at: number }
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'junk'; bytes: Uint8Array }

function mutate(bytes: Buffer, how: Mutation): Buffer {
  const copy = Buffer.from(bytes)
  switch (how.kind) {
    case 'cut':
      return copy.subarray(0, how.at % bytes.length)
    case 'zero':
      return copy.fill(0, how.at % bytes.length)
    case 'flip':
      copy[how.at % bytes.length]! ^= 1 << how.bit
      return copy
    case 'future':
      return Buffer.from(copy.toString().replace('"version": 1', `"version": ${how.at}`))
    case 'junk':
      return Buffer.from(how.bytes)
  }
}
