import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { bufferSource } from '../../archive/byte-source.ts'
import { openArchive } from '../../archive/reader.ts'
import { oneComponent, testArchive, testMeta } from '../../archive/test-archive.ts'
import { testMapping } from '../test-mapping.ts'
import { ArchivedTree } from './archived-tree.ts'
import { readConfiguration, rewriting } from './configuration.ts'

const { signal } = new AbortController()
const cacheFolder = mkdtempSync(join(tmpdir(), 'configuration-'))
afterAll(() => rmSync(cacheFolder, { recursive: true }))

const env = (rest: string) =>
  Buffer.from(`DB_DATABASE=alice_wp\nDB_USERNAME=alice_wp\nDB_PASSWORD=x\n${rest}`)

async function open(files: readonly (readonly [string, Buffer | null])[]) {
  const made = await testArchive((writer) =>
    oneComponent(writer, async (component) => {
      for (const [path, content] of files) {
        const link = { type: 'hardlink', linkTarget: Buffer.from('files/plain-name') } as const
        const meta = testMeta(`files/${path}`, content === null ? link : {})
        await component.entry({ ...meta, size: content?.length ?? 0 }, content ?? Buffer.alloc(0))
      }
    }),
  )
  const [source, index] = [bufferSource(made.bytes), bufferSource(made.indexBytes)]
  const reader = await openArchive({ source, index, cacheFolder, signal })
  const archive = {
    ...{ name: 'a', reader, facts: null, only: [], account: null },
    credentials: null,
    trusted: true,
  }
  const tree = () => new ArchivedTree(archive, { from: Buffer.from('files'), items: [], leaves: [] })
  const context = (same: boolean) => ({
    ...{ archive, mapping: testMapping({ same }), sameAccount: same, signal },
  })
  return { reader, tree, context, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() }
}

test('a configuration file is what the plan says under each of its names, and the rest stays', async () => {
  await using opened = await open([
    ['plain-name', env('')],
    ['.env', null],
    ['site/other', env('')],
  ])
  const { reader, tree, context } = opened
  const archived = tree()
  const files = await readConfiguration(context(false), archived)
  expect(files).toMatchObject([
    {
      path: '.env',
      changes: [
        { line: 1, what: 'database', to: 'bob_wp' },
        { line: 2, what: 'database user', to: 'bob_wp' },
      ],
      logins: [{ line: 3, engine: 'mysql', user: 'bob_wp' }],
    },
  ])
  archived.rewrite(files)
  const expected = env('').toString().replaceAll('alice_wp', 'bob_wp')
  const file = archived.at(Buffer.from('.env'))!
  const content = await buffer(reader.content(reader.stat(Buffer.from('files/.env'))!, { signal }))
  const bytes = rewriting(context(false), archived)(file)!(content)
  expect(bytes.toString()).toBe(expected)
  for (const name of ['.env', 'plain-name']) {
    const { size, sha256 } = archived.at(Buffer.from(name))!
    expect([size, sha256?.toString('hex')]).toEqual([expected.length, files[0]?.result?.sha256])
  }
  expect(rewriting(context(false), archived)(archived.at(Buffer.from('site/other'))!)).toBe(null)
  const otherwise = rewriting(context(true), archived)(file)!
  expect(() => otherwise(env(''))).toThrow(expect.objectContaining({ code: 'conflict' }))
})

test('the same account gets its own configuration back; on another server only its logins are named', async () => {
  await using opened = await open([['.env', env('X=$(/home/alice)\n')]])
  const { tree, context } = opened
  expect(await readConfiguration(context(true), tree())).toEqual([])
  const elsewhere = await readConfiguration({ ...context(true), sameAccount: false }, tree())
  expect(elsewhere).toMatchObject([{ changes: [], notUnderstood: [], result: null }])
  expect(elsewhere[0]?.logins).toHaveLength(1)
})

test('more files, longer ones and such with more changes than a person writes are left and listed', async () => {
  const paths = 'X=/home/alice\n'.repeat(1001)
  await using opened = await open([
    ['a/.env', env(paths)],
    ['b/.env', Buffer.alloc(5 * 1024 * 1024, '#')],
    ...Array.from({ length: 2000 }, (_, n) => [`c/${n}/.env`, Buffer.from('X=/home/alice\n')] as const),
  ])
  const { tree, context } = opened
  const files = await readConfiguration(context(false), tree())
  expect(files.filter(({ result }) => result !== null)).toHaveLength(1998)
  expect(files.filter(({ notUnderstood }) => notUnderstood.length === 1).map(({ path }) => path)).toEqual([
    'a/.env',
    'b/.env',
    'c/1998/.env',
    'c/1999/.env',
  ])
})
