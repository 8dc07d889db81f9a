import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { dumpFlags } from '../../collectors/mysql/dump.ts'
import { identifier, textLiteral } from '../../collectors/mysql/sql.ts'
import { awkwardNames, awkwardSchema } from './awkward-schema.ts'
import {
  asRoot,
  importConfined,
  importDatabase,
  makeConfinedLogin,
  makePrograms,
} from '../../../../e2e/lab/confined-import.ts'

const alice = { user: 'alice', password: 'db-alice' }

describe('a dump that is filtered, imported, swapped in and dumped again', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] })
    await makeConfinedLogin(host)
    const charsets = await asRoot(host, 'SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS')
    const schema = awkwardSchema(charsets.trim().split('\n'))
    await asRoot(host, 'CREATE DATABASE alice_odd CHARACTER SET utf8mb4')
    await host.exec('mariadb --default-character-set=utf8mb4 alice_odd', { input: Buffer.from(schema) })
  })
  afterAll(() => host[Symbol.asyncDispose]())

  async function dumpOf(database: string, from = ''): Promise<Buffer> {
    const flags = dumpFlags({ version: 'MariaDB', history: true } as Parameters<typeof dumpFlags>[0]).join(
      ' ',
    )
    const command = `mariadb-dump ${flags} --routines --events ${from} -- ${database} | base64 -w0`
    return Buffer.from((await host.exec(command)).stdout, 'base64')
  }

  /** Moves every table from one database to another, in one statement. */
  async function moveTables(from: string, to: string): Promise<void> {
    const query = `SELECT HEX(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${textLiteral(from)} AND TABLE_TYPE <> 'VIEW'`
    const names = (await asRoot(host, query)).trim().split('\n')
    const pairs = names.map((hex) => {
      const name = identifier(Buffer.from(hex, 'hex').toString())
      return `${from}.${name} TO ${to}.${name}`
    })
    await asRoot(host, `RENAME TABLE ${pairs.join(', ')}`)
  }

  /** Programs belong to nobody; the same words in texts stay. */
  const withoutDefiners = (dump: Buffer): string =>
    dump.toString('latin1').replaceAll(/((?:^|\/\*!\d{5} |^CREATE )DEFINER=)([`"])\w+\2@\2\w+\2/gm, '$1')

  test.each(['alice_wp', 'alice_shop', 'alice_odd'])(
    'is the same: %s',
    { tags: ['thorough'] },
    async (database) => {
      const dump = await dumpOf(database)
      const { outcome, run } = await importConfined(host, dump, { sources: [database], target: database })
      expect(outcome.findings.filter(({ action }) => action === 'refused')).toEqual([])
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(outcome.complete).toBe(true)

      const made = await asRoot(host, `SHOW CREATE DATABASE ${database}`)
      await asRoot(host, `DROP DATABASE ${database}; ${made.slice(made.indexOf('\t') + 1)}`)
      await moveTables(importDatabase, database)
      expect(await makePrograms(host, database, outcome, alice)).toMatchObject({ code: 0, stderr: '' })

      const again = await dumpOf(database)
      expect(withoutDefiners(again)).toBe(withoutDefiners(dump))
      expect(again.toString('latin1')).not.toMatch(/^(?:CREATE )?(?:\/\*!\d{5} )?DEFINER=.root/m)
    },
  )

  test('is the same for one table, under another name', async () => {
    const dump = await dumpOf('alice_odd')
    for (const name of ['child', 'ordered', ...awkwardNames]) {
      const as = 'table_restored_2026-11-25'
      const options = { sources: ['alice_odd'], target: 'alice_odd', table: { name, as } }
      const { outcome, run } = await importConfined(host, dump, options)
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(outcome.tables).toEqual([{ name, as, engine: 'InnoDB', rows: 2 }])
      expect(outcome.programs).toEqual([])
      const sums = await asRoot(
        host,
        `CHECKSUM TABLE alice_odd.${identifier(name)}, ${importDatabase}.${identifier(as)}`,
      )
      expect(new Set([...sums.matchAll(/\t(\d+)$/gm)].map(([, sum]) => sum)).size).toBe(1)
    }
  })
})
