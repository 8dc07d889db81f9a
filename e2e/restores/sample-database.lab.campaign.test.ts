import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { describeMysql } from '../lab/databases.ts'
import { different } from '../lab/different.ts'
import { TwoServers } from '../lab/two-servers.ts'

/**
 * A dump of MySQL's sample database `world`, which its licence keeps out of this repository:
 * https://dev.mysql.com/doc/index-other.html
 */
const file = process.env['HOLDFAST_WORLD_SQL']

describe.skipIf(file === undefined)('the sample database world (HOLDFAST_WORLD_SQL names its dump)', () => {
  let servers: TwoServers
  let original: ReadonlyMap<string, string>

  beforeAll(async () => {
    servers = await TwoServers.start(
      { layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] },
      { prepare: 'true', prepareEmpty: 'true' },
    )
    const named = readFileSync(file ?? '', 'latin1').replaceAll(
      /\b(SCHEMA|DATABASE|IF EXISTS|IF NOT EXISTS|USE) `?world`?/g,
      '$1 alice_world',
    )
    await servers.product.host.exec('mariadb', { input: Buffer.from(named, 'latin1') })
    original = await describeMysql(servers.product.host, ['alice_world'])
    await servers.product.holdfast.json(['backup', 'lab/alice', '--scope', 'databases'])
  })
  afterAll(() => servers[Symbol.asyncDispose]())

  test.each(['alice', 'zoe'])('is the same on an empty server, as a database of %s', async (name) => {
    const args = ['restore', 'lab/alice@latest', '--to', `empty/${name}`, '--create', '--scope', 'databases']
    const { code, stdout, stderr } = await servers.product.holdfast.run([...args, '--confirm', name])
    expect([code, `${stdout}${stderr}`]).toEqual([0, expect.any(String)])
    const renamed = (text: string) => text.replaceAll('alice_world', `${name}_world`)
    const wanted = new Map([...original].map(([key, text]) => [renamed(key), renamed(text)]))
    const now = await describeMysql(servers.empty, [`${name}_world`])
    expect([now.size, different(wanted, now)]).toEqual([3, []])
    recordFigure(`tables of world as a database of ${name}`, { same: now.size, different: 0 })
  })
})
