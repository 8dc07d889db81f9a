import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cpanelTree,
  mysqlDump,
  Workshop,
} from '../../electron/core/restores/archive-file/foreign-fixtures.ts'
import { Holdfast } from './holdfast.ts'

const workshop = new Workshop()
let holdfast: Holdfast
let file: string

beforeAll(async () => {
  holdfast = await Holdfast.create()
  file = workshop.tar(workshop.tree(cpanelTree(workshop)), 'some-file', { flags: ['-z'] })
})

afterAll(async () => {
  workshop.remove()
  await holdfast[Symbol.asyncDispose]()
})

test('a new user inspects, lists, reads and extracts an archive of another tool', async () => {
  const inspected = await holdfast.run(['inspect', file])
  expect([inspected.code, inspected.stderr]).toEqual([0, ''])
  expect(inspected.stdout).toMatch(
    /is a cPanel account, of alice[^]*example\.com +3 messages[^]*Not recognised[^]*quite-new-part/,
  )
  expect(await holdfast.json(['inspect', file])).toMatchObject({
    kind: 'cpanel',
    complete: false,
    trusted: false,
  })

  const listed = await holdfast.run(['ls', file, 'databases/mysql'])
  expect(listed.stdout).toContain('databases/mysql/alice_wp.sql')
  expect(await holdfast.run(['cat', file, 'databases/mysql/alice_wp'])).toMatchObject({
    code: 0,
    stdout: mysqlDump,
  })

  const into = join(holdfast.folder, 'into')
  expect((await holdfast.run(['extract', file, 'cron', 'mail/example.com', '--into', into])).code).toBe(0)
  expect(await readFile(join(into, 'cron/crontab'), 'utf8')).toContain('/usr/bin/true')
})

test('a path that leads nowhere is not found, and one of no archive is wrong input', async () => {
  expect((await holdfast.run(['ls', './nowhere.tar.gz'])).code).toBe(4)
  expect((await holdfast.run(['inspect', join(holdfast.folder, 'data')])).code).toBe(2)
})
