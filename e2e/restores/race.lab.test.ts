import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { raceRestores } from './race/race-restores.ts'
import { RacingServer } from './race/racing-server.ts'

let server: RacingServer
beforeAll(async () => {
  server = await RacingServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())

const args = ['restore', 'lab/eve@latest', '--to', 'lab/eve', '--scope', 'files']
const shell = async (command: string, user = 'root') =>
  (await server.lab.host.exec(command, { user, anyCode: true })).stdout

test('an escape is seen', async () => {
  await shell('chmod 4777 /tmp/open; echo x >/etc/victim/added')
  expect(await server.escapes()).toEqual([
    '/etc/victim',
    '/etc/victim/added',
    'the victims are not what they were',
  ])
  await server.renew('chmod 666 /tmp/open; rm /etc/victim/added')
  expect(await server.escapes()).toEqual([])
})

test('the program that extracts is out of reach of the account whose rights it has', async () => {
  await server.lab.host.slow('400kbit')
  const running = server.lab.holdfast.start([...args, '--confirm', 'eve'])
  let pid = ''
  for (let tries = 0; pid === '' && tries < 600; tries += 1) {
    await sleep(50)
    pid = (await shell('pgrep -u eve -f "^tar --extract" || :')).trim()
  }
  const reached = await shell(`ls -l /proc/${pid}/ | grep -c holdfast; ls /proc/${pid}/cwd/ 2>&1`, 'eve')
  const own = await shell(`readlink /proc/${pid}/cwd`)
  // Not the libraries that a program has open while it starts: everyone may read those.
  const opened = (
    await shell(`find -L /proc/${pid}/fd -mindepth 1 ! '(' -type f -perm -004 ')' -exec readlink '{}' ';'`)
  ).split('\n')
  await server.lab.host.slow('100mbit')
  const { code, stdout, stderr } = await running.ended
  expect(own).toMatch(/^\/home\/\.holdfast-[0-9a-f]{16}-1\/new\n$/)
  expect(
    opened.filter(
      (path) =>
        path.startsWith('/') &&
        !/^\/(home\/\.holdfast-|run\/\.holdfast-|run\/holdfast-[0-9a-f]{32}\/input$|dev\/)/.test(path),
    ),
  ).toEqual([])
  expect(reached).toMatch(/^0\n.*Permission denied\n$/)
  expect([code, stdout + stderr]).toEqual([0, expect.any(String)])
})

test('where the server cannot keep it out of reach, all is done as the account', async () => {
  const methodOf = async () =>
    /"method":"(exchange|inside)"/.exec(
      (await server.lab.holdfast.run(['--json', ...args, '--plan'])).stdout,
    )?.[1]
  expect(await methodOf()).toBe('exchange')
  await shell('mv /usr/bin/setpriv /usr/bin/no-setpriv')
  const without = await methodOf()
  await server.renew('mv /usr/bin/no-setpriv /usr/bin/setpriv')
  expect(without).toBe('inside')
})

test(
  'restores while tenants change the ways below them change nothing outside of the homes',
  { tags: ['thorough'] },
  async () => {
    const { result, escapes } = await raceRestores(server, { seconds: 0, restores: 3, when: 'staged' })
    expect([escapes, result.restores]).toEqual([[], 3])
    expect(result.reached).toBeGreaterThan(0)
    expect(result.swaps).toBeGreaterThan(100)
  },
)
