import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../../e2e/lab/run.ts'
import { elevated, failure, shellOf, shells, startScriptHost, ways } from '../../../e2e/lab/script-host.ts'
import type { ScriptHost } from '../../../e2e/lab/script-host.ts'
import { Secret } from '../secrets/secret.ts'

const { signal } = new AbortController()
let lab: ScriptHost
beforeAll(async () => {
  lab = await startScriptHost()
})
afterAll(() => lab[Symbol.asyncDispose]())

describe('login shells', () => {
  test.each(Object.keys(shells))('%s gives the same bytes and is gone afterwards', async (name) => {
    await using connection = await lab.connectAs(`u-${name}`)
    const shell = await shellOf(connection)
    expect(shell).toMatchObject({ privilege: 'user', loginUser: `u-${name}` })
    const text = `a'b"c\\d$(id)\`id\`!e\nf\tg\x01\x7f*?[~{}`
    expect((await shell.run('say', { values: { text }, signal })).output.toString()).toBe(text)
    expect((await shell.run('many', { signal })).output.equals(Buffer.alloc(3_000_000))).toBe(true)
    expect(await lab.residueAfter(2000)).toBe('')
  })

  test('a login that prints a megabyte of noise does no harm', async () => {
    await using connection = await lab.connectAs('loud')
    const shell = await shellOf(connection)
    expect((await shell.run('many', { signal })).output.equals(Buffer.alloc(3_000_000))).toBe(true)
  })

  test.each(['closed', 'forced'])('%s gives no usable shell, and the error says so', async (user) => {
    await using connection = await lab.connectAs(user)
    const error = await failure(shellOf(connection, { patience: { start: 700 } }))
    expect(error).toMatchObject({ code: 'remote-failed', message: expect.stringContaining('usable shell') })
  })

  test('dropbear serves scripts and clears away as OpenSSH does', async () => {
    await lab.host.exec('mkdir -p /etc/dropbear && dropbear -R -p 2222')
    const { stdout } = await run('ssh-keyscan', ['-p', '2222', '-t', 'ed25519', lab.host.ip])
    await using connection = await lab.connectAs('u-dash', { port: 2222, keys: stdout.split('\n') })
    const shell = await shellOf(connection)
    expect((await shell.run('many', { signal })).output.length).toBe(3_000_000)
    const cancelling = new AbortController()
    const { end } = await shell.start('litter', { signal: cancelling.signal })
    cancelling.abort()
    await failure(end)
    expect(await lab.residueAfter(4000)).toBe('')
    expect((await lab.host.exec('pgrep -f "dropbear -R"')).stdout).not.toBe('')
  })
})

describe('sudo', () => {
  test.each(ways.slice(2))('$user becomes root ($elevation)', async (way) => {
    await using connection = await lab.connectAs(way.user)
    const shell = await elevated(connection, way)
    expect(shell).toMatchObject({ privilege: 'sudo', loginUser: way.user })
    expect((await shell.run('whoami', { signal })).facts.get('uid')).toBe('0')
    expect((await shell.run('whoami', { signal, as: 'login' })).facts.get('user')).toBe(way.user)
  })

  test('a password that sudo does not ask for is not sent', async () => {
    await using connection = await lab.connectAs('free')
    const shell = await elevated(connection, { user: 'free', elevation: 'sudo-password' })
    expect((await shell.run('whoami', { signal })).stderr).toEqual([])
  })

  test.each([
    ['asked', 'sudo', null, 'permission-denied', 'without a password'],
    ['asked', 'sudo-password', 'wrong', 'auth-failed', 'did not accept the password'],
    ['asked', 'sudo-password', null, 'auth-failed', 'needs a password'],
    ['refused', 'sudo-password', 'pw-refused', 'permission-denied', 'not in the sudoers file'],
    ['tty-only', 'sudo-password', 'pw-tty-only', 'permission-denied', 'requiretty'],
  ] as const)('%s by %s with the password %s: %s', async (user, elevation, password, code, words) => {
    await using connection = await lab.connectAs(user)
    const sudoPassword = password === null ? null : new Secret(password)
    const error = await failure(shellOf(connection, { elevation, sudoPassword }))
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
  })

  test('no sudo at all is named as such', async () => {
    await lab.host.exec('mv /usr/bin/sudo /usr/bin/sudo.away')
    try {
      await using connection = await lab.connectAs('free')
      const error = await failure(shellOf(connection, { elevation: 'sudo' }))
      expect(error.code).toBe('tool-missing')
    } finally {
      await lab.host.exec('mv /usr/bin/sudo.away /usr/bin/sudo')
    }
  })
})
