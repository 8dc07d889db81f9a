import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeyAgent } from './key-agent.ts'
import { connectFailure, knowing, testOptions, testProfile } from './test-profile.ts'
import { makeKey, startTestServer } from './test-server.ts'
import type { Decision, TestServer } from './test-server.ts'

const hostKey = makeKey()
const hostKeys = knowing(hostKey.publicKey)
let folder: string
let server: TestServer
let accepted: Buffer[] = []
let afterKey: Decision = 'accept'

function keygen(name: string, ...options: string[]): string {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-f', path, '-C', name, ...options], { stdio: 'ignore' })
  return path
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'))
  server = await startTestServer({
    hostKeys: [hostKey.privateKey],
    judge: (attempt) => {
      if (attempt.method === 'password') return attempt.password === 'second' ? 'accept' : ['password']
      if (attempt.method !== 'publickey')
        return server.attempts.includes('publickey') ? later() : ['publickey']
      if (!accepted.some((key) => key.equals(attempt.key.data))) return ['publickey']
      if (!attempt.signature || !attempt.blob) return 'accept'
      const key = ssh2.utils.parseKey(attempt.key.data)
      const right = !(key instanceof Error) && key.verify(attempt.blob, attempt.signature, attempt.hashAlgo)
      return right ? afterKey : ['publickey']
    },
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** What the server wants after a key, as OpenSSH tells it to whoever asks with the method "none". */
function later(): Decision {
  return afterKey === 'accept' ? ['publickey'] : ['password']
}

async function allow(path: string): Promise<void> {
  const line = await readFile(`${path}.pub`, 'utf8')
  accepted = [Buffer.from(line.split(' ')[1]!, 'base64')]
  afterKey = 'accept'
  server.attempts.length = 0
}

const login = (path: string, change: { readonly passphrase?: string; readonly password?: string } = {}) =>
  connectFailure(
    testProfile({ port: server.port, auth: { kind: 'key', path } }),
    testOptions({ hostKeys, ...change }),
  )

describe('a key file', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519', '-N', '']],
    ['RSA', ['-t', 'rsa', '-b', '2048', '-N', '']],
    ['ECDSA', ['-t', 'ecdsa', '-b', '256', '-N', '']],
    ['RSA in the old PEM form', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '']],
  ])('logs in: %s', async (name, options) => {
    const path = keygen(`plain-${name.replaceAll(' ', '-')}`, ...options)
    await allow(path)
    expect(await login(path)).toBeNull()
    expect(server.attempts).toEqual(['none', 'publickey', 'publickey'])
  })

  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['RSA in the old PEM form', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
  ])(
    'asks for its passphrase and tells a wrong one, before the network is used: %s',
    async (name, options) => {
      const path = keygen(`locked-${name.replaceAll(' ', '-')}`, ...options, '-N', 'open sesame')
      await allow(path)
      expect(await login(path)).toMatchObject({ code: 'auth-failed', details: { passphrase: 'missing' } })
      expect(await login(path, { passphrase: 'sesame' })).toMatchObject({
        code: 'auth-failed',
        details: { passphrase: 'wrong' },
      })
      expect(server.attempts).toEqual([])
      expect(await login(path, { passphrase: 'open sesame' })).toBeNull()
    },
  )

  it('is parsed without holding anything else up, however slow its passphrase was made', async () => {
    const path = keygen('slow', '-t', 'ed25519', '-a', '100', '-N', 'open sesame')
    await allow(path)
    const stall = watchStall()
    const since = performance.now()
    expect(await login(path, { passphrase: 'open sesame' })).toBeNull()
    expect(performance.now() - since).toBeGreaterThan(200)
    expect(stall()).toBeLessThan(100)
  })

  it('signs with SHA-1 only where the profile allows old algorithms', async () => {
    const path = keygen('old-server', '-t', 'rsa', '-b', '2048', '-N', '')
    const outcome = async (allowSha1: boolean, hash: 'sha1' | 'sha512') => {
      const signal = new AbortController().signal
      await using agent = await KeyAgent.open(path, { passphrase: null, allowSha1, signal })
      return await new Promise((resolve) => {
        agent.sign('', Buffer.from('x'), { hash }, (error, signature) => resolve(error ?? signature?.length))
      })
    }
    expect(await outcome(false, 'sha512')).toBe(256)
    expect(await outcome(true, 'sha1')).toBe(256)
    expect(await outcome(false, 'sha1')).toMatchObject({ code: 'algorithm-refused' })
  })

  it('that is not wanted is reported as refused, and the password stays here', async () => {
    const path = keygen('stranger', '-t', 'ed25519', '-N', '')
    await allow(path)
    accepted = []
    const error = await login(path, { password: 'second' })
    expect(error).toMatchObject({ code: 'auth-failed', details: { tried: ['publickey'] } })
    expect(server.attempts).toEqual(['none', 'publickey', 'none'])
  })

  it('is followed by the password where the server wants both', async () => {
    const path = keygen('first-of-two', '-t', 'ed25519', '-N', '')
    await allow(path)
    afterKey = { partial: ['password'] }
    expect(await login(path, { password: 'second' })).toBeNull()
    expect(server.attempts).toEqual(['none', 'publickey', 'publickey', 'none', 'password'])
    server.attempts.length = 0
    expect((await login(path))?.details).toMatchObject({ tried: ['publickey'], accepts: ['password'] })
  })

  it.each([
    ['PuTTY 2, not RSA', 'PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\n', 'PuTTY'],
    ['PuTTY 3', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', 'PuTTY'],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5 x\n', 'certificate'],
    [
      'PKCS #8',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----\n',
      'ssh-keygen -p',
    ],
    ['DSA', '-----BEGIN DSA PRIVATE KEY-----\nMIIF\n-----END DSA PRIVATE KEY-----\n', 'DSA'],
    ['a public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFake me@here\n', 'without .pub'],
    ['no key at all', 'hello\n', 'is not a private key'],
    ['a token', tokenKey(), 'hardware token'],
  ])('is refused with what to do where it cannot be used: %s', async (_name, content, words) => {
    const path = join(folder, 'odd')
    await writeFile(path, content)
    const error = await login(path)
    expect(error?.code).toBe('unsupported')
    expect(error?.message).toContain(words)
  })

  it('is named when it is missing or damaged', async () => {
    expect((await login(join(folder, 'none')))?.code).toBe('not-found')
    const path = keygen('damaged', '-t', 'ed25519', '-N', '')
    const text = await readFile(path, 'utf8')
    const lines = text.split('\n')
    await writeFile(path, [...lines.slice(0, 3), ...lines.slice(-2)].join('\n'))
    expect((await login(path))?.code).toBe('corrupt')
  })
})

describe('the SSH agent', () => {
  it('logs in with its keys, and is missed when it is gone', async () => {
    const path = keygen('held', '-t', 'ed25519', '-N', '')
    await allow(path)
    const socket = join(folder, 'agent')
    const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })
    const profile = testProfile({ port: server.port, auth: { kind: 'agent' } })
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket }
      const empty = await connectFailure(profile, testOptions({ hostKeys, agentSocket: socket }))
      expect(empty).toMatchObject({ code: 'auth-failed', details: { tried: ['publickey'] } })
      execFileSync('ssh-add', ['-q', path], { env, stdio: 'ignore' })
      expect(await connectFailure(profile, testOptions({ hostKeys, agentSocket: socket }))).toBeNull()
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]))
    }
    const attempts = server.attempts.length
    const absent = await connectFailure(profile, testOptions({ hostKeys, agentSocket: null }))
    expect(absent).toMatchObject({ code: 'auth-failed', details: { agent: 'absent' } })
    expect(server.attempts.length).toBe(attempts)
    const gone = await connectFailure(
      profile,
      testOptions({ hostKeys, agentSocket: join(folder, 'nowhere') }),
    )
    expect(gone?.code).toBe('auth-failed')
  })
})

/**
 * The longest time, in milliseconds, that this thread computed without giving timers a turn. CPU time, so that
 * a busy machine is no stall.
 */
function watchStall(): () => number {
  let worst = 0
  let last = process.threadCpuUsage()
  const look = () => {
    const now = process.threadCpuUsage()
    worst = Math.max(worst, (now.user + now.system - last.user - last.system) / 1000)
    last = now
  }
  const timer = setInterval(look, 5)
  return () => {
    look()
    clearInterval(timer)
    return worst
  }
}

/** The head of a FIDO key file in OpenSSH's form; what follows it is never looked at. */
function tokenKey(): string {
  const field = (bytes: Buffer | string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(bytes))
    return Buffer.concat([length, Buffer.from(bytes)])
  }
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(field),
    Buffer.from([0, 0, 0, 1]),
    field(field('sk-ssh-ed25519@openssh.com')),
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
}
