import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { labFolder, startHost, sweepLab, type LabHost } from './lab.ts'
import { run, type Outcome } from './run.ts'

const small = { without: ['mariadb', 'postgres', 'dovecot', 'cron'] } as const

function ssh(host: LabHost, user: string, command: string, ...options: string[]): Promise<Outcome> {
  const settings = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ]
  return run('ssh', [
    ...settings.flatMap((setting) => ['-o', setting]),
    ...options,
    ...['-i', host.key, `${user}@${host.ip}`, command],
  ])
}

describe('a lab server', () => {
  it('runs beside another one, each with its own address, name and host keys', async () => {
    await using hosts = new AsyncDisposableStack()
    const [one, two] = (await Promise.all([startHost(small), startHost(small)])).map((host) =>
      hosts.use(host),
    )
    expect(one!.ip).not.toBe(two!.ip)
    expect((await ssh(one!, 'root', 'hostname')).stdout).toBe(`${one!.name}\n`)
    expect((await ssh(two!, 'root', 'hostname')).stdout).toBe(`${two!.name}\n`)
    const prints = [...(await one!.hostKeys()), ...(await two!.hostKeys())].map((key) => key.fingerprint)
    expect(new Set(prints).size).toBe(4)
  })

  it('tells the host keys that a client sees', async () => {
    await using host = await startHost(small)
    const offered = (await run('ssh-keyscan', [host.ip])).stdout
    for (const key of await host.hostKeys()) expect(offered).toContain(`${host.ip} ${key.line}\n`)
  })

  it('has the accounts, databases and mailboxes of its layer', async () => {
    await using host = await startHost({ layer: 'seeded' })
    for (const user of ['root', 'alice', 'bob', 'carol', 'erin', 'plain', 'deploy', 'ops']) {
      expect(await ssh(host, user, 'id -un'), user).toMatchObject({ code: 0, stdout: `${user}\n` })
    }
    const databases = (await host.exec('mariadb -Ne "SHOW DATABASES"')).stdout
    expect(databases.split('\n')).toEqual(expect.arrayContaining(['alice_wp', 'erin_odd', 'orphan_db']))
    expect(
      (await host.exec('psql -Atc "SELECT count(*) FROM item" alice_app', { user: 'postgres' })).stdout,
    ).toBe('1\n')
    const imap =
      'curl -sS "imap://localhost/INBOX" -u info@alice.example:pw-info -X "STATUS INBOX (MESSAGES)"'
    expect((await host.exec(imap)).stdout).toContain('MESSAGES 5')
    expect((await host.exec('sudo -n id -un', { user: 'deploy' })).stdout).toBe('root\n')
    expect(await host.exec('sudo -n id -un', { user: 'ops', anyCode: true })).not.toMatchObject({ code: 0 })
    expect((await host.exec('sudo -S -p "" id -un', { user: 'ops', input: 'pw-ops\n' })).stdout).toBe(
      'root\n',
    )
    const hidden = 'cat /home/alice/public_html/wp-content/cache/private/page.html'
    expect(await host.exec(hidden, { user: 'alice', anyCode: true })).not.toMatchObject({ code: 0 })
  })

  it('falls silent when its cable is pulled, and answers again', async () => {
    await using host = await startHost(small)
    await host.link('down')
    expect(await ssh(host, 'root', 'true', '-o', 'ConnectTimeout=1')).toMatchObject({ code: 255 })
    await host.link('up')
    expect(await ssh(host, 'root', 'true', '-o', 'ConnectTimeout=5')).toMatchObject({ code: 0 })
  })

  it('keeps its disk, address and host keys when power fails and comes back', async () => {
    await using host = await startHost(small)
    const keys = await host.hostKeys()
    await host.exec('cat > /root/note', { input: 'kept' })
    await host.kill()
    await host.start()
    expect((await ssh(host, 'root', 'cat /root/note')).stdout).toBe('kept')
    expect(await host.hostKeys()).toEqual(keys)
  })

  it('has a small disk where one is asked for', async () => {
    await using host = await startHost({ ...small, disk: '20m' })
    const filling = await host.exec('head -c 40M /dev/zero > /root/big', { anyCode: true })
    expect(filling).toMatchObject({ code: 1 })
    expect(filling.stderr).toContain('No space left')
  })

  it('is slow at the end of a slow cable', { tags: ['thorough'] }, async () => {
    await using host = await startHost(small)
    const seconds = async (): Promise<number> => {
      const start = performance.now()
      expect((await ssh(host, 'root', 'head -c 300000 /dev/zero')).stdout.length).toBe(300_000)
      return (performance.now() - start) / 1000
    }
    await host.slow('2mbit')
    const slow = await seconds()
    await host.slow('off')
    // The same login and as many bytes: what differs is the second that they took on the way.
    expect(slow - (await seconds())).toBeGreaterThan(0.4)
  })

  it('is far away at the end of a long line', { tags: ['thorough'] }, async () => {
    await using host = await startHost({ ...small, wan: { delayMs: 40, rateMbit: 100, lossPercent: 0 } })
    const bridge = host.ip.replace(/\d+$/, '1')
    const roundTrip = async (): Promise<number> => {
      const { stdout } = await host.exec(`ping -c 3 -i 0.1 -q ${bridge}`)
      return Number(/= ([\d.]+)\//.exec(stdout)?.[1])
    }
    expect(await roundTrip()).toBeGreaterThan(80)
    await host.wan({ delayMs: 1, rateMbit: 100, lossPercent: 0 })
    await host.exec('sleep 0.2')
    expect(await roundTrip()).toBeLessThan(40)
  })

  it('goes away when the process that started it died', { tags: ['thorough'] }, async () => {
    const name = `orphan${process.pid}`
    const program = `
      const { startHost } = await import(${JSON.stringify(join(import.meta.dirname, 'lab.ts'))})
      const host = await startHost(${JSON.stringify({ ...small, name, disk: '20m' })})
      process.stdout.write(host.ip, () => process.kill(process.pid, 'SIGKILL'))`
    const { code, stdout: ip } = await run(process.execPath, ['--input-type=module', '-e', program])
    expect(code).toBe(-1)
    expect(ip).toMatch(/^10[.]/)
    await sweepLab()
    expect((await run('ip', ['netns', 'list'])).stdout).not.toContain(name)
    expect(existsSync(join(labFolder, 'hosts', ip.split('.')[2]!, name))).toBe(false)
  })
})
