import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Holdfast } from './holdfast.ts'

const key = 'web1-0123/accounts/alice/alice_2026-04-08.manifest.json'
let holdfast: Holdfast

async function add(name: string): Promise<string> {
  const path = join(holdfast.folder, name)
  await holdfast.json(['destination', 'add', 'local', name, '--path', path])
  return path
}

beforeAll(async () => {
  holdfast = await Holdfast.create()
  const damaged = await add('damaged')
  await mkdir(join(damaged, key, '..'), { recursive: true })
  await writeFile(join(damaged, key), '{"format": 1, "id": ')
  const unplugged = await add('unplugged')
  await rename(unplugged, `${unplugged}-away`)
})

afterAll(() => holdfast[Symbol.asyncDispose]())

test('the list of backups names a damaged manifest and a destination that is not there, with the reason', async () => {
  expect(await holdfast.json(['backups'])).toEqual({
    backups: [],
    unfinished: [],
    unreadable: [
      { destination: 'damaged', key, why: expect.stringContaining('damaged') },
      { destination: 'unplugged', key: null, why: expect.stringContaining('unplugged') },
    ],
  })
  for (const args of [['backups'], ['--quiet', 'backups', 'web1/alice']]) {
    const { code, stdout, stderr } = await holdfast.run(args)
    expect([code, stdout]).toEqual([0, 'No backup that can be read.\n'])
    expect(stderr).toContain(`not readable at damaged: ${key} (`)
    expect(stderr).toMatch(/^not readable at unplugged: .+$/m)
  }
})

test('one destination shows its own only, and reading it again says the same', async () => {
  const { stderr } = await holdfast.run(['backups', '--dest', 'damaged'])
  expect(stderr).toMatch(/^not readable at damaged: [^\n]+\n$/)
  const rebuilt = await holdfast.run(['catalog', 'rebuild', '--dest', 'damaged'])
  expect([rebuilt.code, rebuilt.stdout, rebuilt.stderr]).toEqual([0, '0 backups found.\n', stderr])
})
