import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { finished } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHost } from '../../../e2e/lab/lab.ts'
import type { LabHost } from '../../../e2e/lab/lab.ts'
import { hasCode } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import { Secret } from '../secrets/secret.ts'
import { connect } from './connect.ts'
import type { ConnectOptions } from './connect.ts'
import { describeHostKey } from './fingerprint.ts'
import { HostKeyFile } from './host-keys.ts'
import { scanHostKeys } from './scan-host-keys.ts'
import { connectFailure, runOver, testOptions, testProfile } from './test-profile.ts'

const small = { without: ['mariadb', 'postgres', 'dovecot', 'cron'] } as const
const never = new AbortController().signal

let host: LabHost
let folder: string
let hostKeys: HostKeyFile
let nextPort = 2200
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-connect-'))
  hostKeys = new HostKeyFile(join(folder, 'known_hosts'))
  host = await startHost(small)
  await host.exec(
    'useradd -m -s /bin/sh ada; echo ada:pw-ada | chpasswd; cp -a /root/.ssh ~ada/; chown -R ada: ~ada',
  )
  await host.exec('ssh-keygen -q -t rsa -b 2048 -N "" -f /etc/ssh/lab_rsa')
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** One more sshd on the host, with options of its own; its keys are accepted. */
async function sshd(...options: string[]): Promise<number> {
  nextPort += 1
  const settings = options.map((option) => `-o '${option}'`).join(' ')
  await listening(nextPort, `/usr/sbin/sshd -p ${nextPort} -o PidFile=/run/sshd-${nextPort}.pid ${settings}`)
  return trust(nextPort)
}

/** Runs a daemon that listens on a port, and waits until it does. */
async function listening(port: number, command: string): Promise<void> {
  const probe = `ss -Hltn 'sport = :${port}' | grep -q .`
  await host.exec(`${command}; for i in $(seq 500); do ${probe} && exit; sleep 0.02; done; exit 1`)
}

async function trust(port: number, ip = host.ip): Promise<number> {
  const scan = await scanHostKeys({ host: ip, port, jump: null }, options())
  for (const key of scan) await hostKeys.accept(ip, port, key)
  return port
}

function options(change: Partial<ConnectOptions> & { readonly password?: string } = {}): ConnectOptions {
  return testOptions({ hostKeys, ...change })
}

function profile(port: number, change: Partial<Server> = {}): Server {
  return testProfile({
    port,
    host: host.ip,
    user: 'ada',
    auth: { kind: 'key', path: host.key },
    ...change,
  })
}

describe('a login on a real server', () => {
  it('shows all of its host keys to a scan, each of which may be accepted', async () => {
    const shown = await scanHostKeys({ host: host.ip, port: 22, jump: null }, options())
    const real = (await host.hostKeys()).map((key) => key.fingerprint)
    expect(shown.map((key) => describeHostKey(key).fingerprint).sort()).toEqual(real.sort())
    for (const key of shown) {
      await hostKeys.replace(host.ip, 22, key)
      expect(await connectFailure(profile(22), options())).toBeNull()
    }
  })

  it('works by key, with the algorithms of today and strict key exchange', async () => {
    await using connection = await connect(profile(await sshd()), options())
    expect(connection.strictKeyExchange).toBe(true)
    expect(connection.algorithms).toEqual({
      kex: 'curve25519-sha256',
      hostKey: 'ssh-ed25519',
      cipher: 'aes128-gcm@openssh.com',
      mac: '',
    })
    expect(await runOver(connection, 'id -un')).toMatchObject({ output: 'ada\n', code: 0 })
  })

  it('works without authenticated ciphers too', async () => {
    const port = await sshd('Ciphers aes256-ctr', 'MACs hmac-sha2-512')
    await using connection = await connect(profile(port), options())
    expect(connection.algorithms).toMatchObject({ cipher: 'aes256-ctr', mac: 'hmac-sha2-512' })
    expect(await runOver(connection, 'head -c 5000000 /dev/zero | wc -c')).toMatchObject({
      output: '5000000\n',
    })
  })

  it('works by password, and by the same password where the server asks for it in rounds', async () => {
    const byPassword = { auth: { kind: 'password' } } as const
    const plain = await sshd('PasswordAuthentication yes', 'KbdInteractiveAuthentication no')
    const rounds = await sshd('PasswordAuthentication no', 'KbdInteractiveAuthentication yes', 'UsePAM yes')
    for (const port of [plain, rounds]) {
      expect(await connectFailure(profile(port, byPassword), options({ password: 'pw-ada' }))).toBeNull()
      const wrong = await connectFailure(profile(port, byPassword), options({ password: 'no' }))
      expect(wrong?.code).toBe('auth-failed')
    }
  })

  it('proves itself twice where the server wants a key and a password, or a key and a person', async () => {
    const port = await sshd('AuthenticationMethods publickey,password', 'PasswordAuthentication yes')
    expect(await connectFailure(profile(port), options({ password: 'pw-ada' }))).toBeNull()
    expect(await connectFailure(profile(port), options())).toMatchObject({
      code: 'auth-failed',
      details: { tried: ['publickey'], accepts: ['password'] },
    })
    const person = await sshd(
      'AuthenticationMethods publickey,keyboard-interactive',
      'KbdInteractiveAuthentication yes',
      'UsePAM yes',
    )
    const ask = () => Promise.resolve(new Secret('pw-ada'))
    expect(await connectFailure(profile(person), options({ ask }))).toBeNull()
  })

  it('is refused when the key is not known there or the agent has too many', async () => {
    const port = await sshd('MaxAuthTries 3')
    expect(await connectFailure(profile(port, { user: 'nobody' }), options())).toMatchObject({
      code: 'auth-failed',
      details: { tried: ['publickey'] },
    })
    const socket = join(folder, 'agent')
    const agent = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })
    try {
      for (const name of ['k1', 'k2', 'k3', 'k4', 'k5']) {
        const path = join(folder, name)
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
        execFileSync('ssh-add', ['-q', path], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'ignore',
        })
      }
      const byAgent = profile(port, { auth: { kind: 'agent' } })
      expect((await connectFailure(byAgent, options({ agentSocket: socket })))?.code).toBe('auth-failed')
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(agent)?.[1]))
    }
  })

  it('is not tried where only SHA-1 host keys are offered, unless the profile allows it', async () => {
    const port = await sshd('HostKey /etc/ssh/lab_rsa', 'HostKeyAlgorithms ssh-rsa')
    expect(await connectFailure(profile(port), options())).toMatchObject({
      code: 'algorithm-refused',
      details: { part: 'hostKey', offered: ['ssh-rsa'] },
    })
    const allowed = profile(port, { legacyAlgorithms: true })
    await using connection = await connect(allowed, options())
    expect(connection.algorithms.hostKey).toBe('ssh-rsa')
  })

  it('stops hard when the host key has changed, and goes on after it was replaced', async () => {
    const port = await sshd()
    expect(await connectFailure(profile(port), options())).toBeNull()
    await host.exec(
      `kill $(cat /run/sshd-${port}.pid); rm -f /tmp/new*; ssh-keygen -q -t ed25519 -N '' -f /tmp/new`,
    )
    await listening(port, `/usr/sbin/sshd -p ${port} -E /tmp/log -o LogLevel=DEBUG3 -o HostKey=/tmp/new`)
    expect((await connectFailure(profile(port), options()))?.code).toBe('host-key-changed')
    const log = (await host.exec('cat /tmp/log')).stdout
    expect(log).not.toMatch(/userauth-request|for user ada|service-request/)
    const [key] = await scanHostKeys({ host: host.ip, port, jump: null }, options())
    await hostKeys.replace(host.ip, port, key!)
    expect(await connectFailure(profile(port), options())).toBeNull()
    expect((await host.exec('cat /tmp/log')).stdout).toMatch(/userauth-request for user ada/)
  })

  it('works on Dropbear, with its host keys, keys and passwords', async () => {
    nextPort += 1
    const port = nextPort
    await listening(port, `mkdir -p /etc/dropbear; dropbear -R -p ${port}`)
    await trust(port)
    await using connection = await connect(profile(port), options())
    expect(await runOver(connection, 'id -un; exit 5')).toEqual({ output: 'ada\n', code: 5, signal: null })
    expect(await runOver(connection, 'head -c 5000000 /dev/zero | wc -c')).toMatchObject({
      output: '5000000\n',
    })
    const byPassword = profile(port, { auth: { kind: 'password' } })
    expect(await connectFailure(byPassword, options({ password: 'pw-ada' }))).toBeNull()
  })
})

describe('commands on a real server', () => {
  it('say that there is no room when the server allows fewer sessions', async () => {
    await using connection = await connect(profile(await sshd('MaxSessions 1')), options())
    const first = await connection.exec('login', { signal: never })
    await expect(connection.exec('login', { signal: never })).rejects.toSatisfy((error) =>
      hasCode(error, 'remote-failed'),
    )
    first.close()
  })

  it('fail, and do not just end, when the session is killed over there', async () => {
    await using connection = await connect(profile(await sshd()), options())
    const running = await connection.exec('login', { signal: never })
    running.stdin.write('cat /dev/zero\n')
    running.stdout.resume()
    const reading = finished(running.stdout)
    reading.catch(() => undefined)
    await host.exec('pkill -KILL -u ada sshd')
    await expect(reading).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
    await expect(running.exit).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
  })

  it('are lost when the server stops answering though it still has the connection', async () => {
    const keepalive = { intervalMs: 100, silentIntervals: 4 }
    await using connection = await connect(profile(await sshd()), options({ keepalive }))
    const running = await connection.exec('login', { signal: never })
    await host.exec('pkill -STOP -u ada sshd')
    await expect(running.exit).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
    await host.exec('pkill -KILL -u ada sshd')
  })
})

describe('a cable', () => {
  it('that is pulled is noticed within the interval, and a short break only delays', async () => {
    await using far = await startHost(small)
    await hostKeys.forget(far.ip, 22)
    await trust(22, far.ip)
    const target = profile(22, { host: far.ip, user: 'root' })
    const patient = options({ keepalive: { intervalMs: 1000, silentIntervals: 4 } })
    await using steady = await connect(target, patient)
    const running = await steady.exec('login', { signal: never })
    running.stdin.end('head -c 40000000 /dev/urandom | tee /tmp/sent | cat; sha256sum </tmp/sent >&2')
    const hash = createHash('sha256')
    let bytes = 0
    let sum = ''
    running.stderr.on('data', (chunk: Buffer) => (sum += chunk.toString()))
    for await (const chunk of running.stdout) {
      hash.update(chunk as Buffer)
      const before = bytes
      bytes += (chunk as Buffer).length
      if (before < 10_000_000 && bytes >= 10_000_000) {
        await far.link('down')
        await new Promise((resolve) => setTimeout(resolve, 500))
        await far.link('up')
      }
    }
    expect(await running.exit).toEqual({ code: 0, signal: null })
    expect(bytes).toBe(40_000_000)
    expect(sum).toContain(hash.digest('hex'))

    const hasty = options({ keepalive: { intervalMs: 200, silentIntervals: 4 } })
    await using brief = await connect(target, hasty)
    const waiting = await brief.exec('login', { signal: never })
    await far.link('down')
    const since = performance.now()
    await expect(waiting.exit).rejects.toSatisfy((error) => hasCode(error, 'connection-lost'))
    expect(performance.now() - since).toBeLessThan(1500)
    await far.link('up')
  })
})

describe('a jump host', () => {
  it('is passed through with every host key judged, and may refuse to be passed', async () => {
    await using inner = await startHost(small)
    const port = await sshd()
    const gate = profile(port, { name: 'gate', id: '00000000-0000-7000-8000-00000000aaaa' })
    const target = profile(22, { host: inner.ip, user: 'root', jump: 'gate' })
    const through = options({ resolveJump: () => Promise.resolve(gate) })
    await hostKeys.forget(inner.ip, 22)
    const [key] = await scanHostKeys({ host: inner.ip, port: 22, jump: gate }, through)
    expect(await connectFailure(target, through)).toMatchObject({ code: 'host-key-unknown' })
    await hostKeys.accept(inner.ip, 22, key!)
    {
      await using connection = await connect(target, through)
      expect(await runOver(connection, 'hostname')).toMatchObject({ output: `${inner.name}\n` })
    }
    await hostKeys.replace(host.ip, port, key!)
    expect(await connectFailure(target, through)).toMatchObject({
      code: 'host-key-changed',
      details: { host: host.ip, port },
    })
    const shut = await sshd('AllowTcpForwarding no')
    const closed = options({ resolveJump: () => Promise.resolve({ ...gate, port: shut }) })
    expect((await connectFailure(target, closed))?.code).toBe('permission-denied')
    const nowhere = profile(9, { host: inner.ip, jump: 'gate' })
    const open = options({ resolveJump: () => sshd().then((fresh) => ({ ...gate, port: fresh })) })
    expect((await connectFailure(nowhere, open))?.code).toBe('unreachable')
  })
})
