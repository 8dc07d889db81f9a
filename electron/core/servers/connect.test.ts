import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from './connect.ts'
import { describeHostKey } from './fingerprint.ts'
import { scanHostKeys } from './scan-host-keys.ts'
import { connectFailure, judging, knowing, runOver, testOptions, testProfile } from './test-profile.ts'
import { makeKey, startTestServer } from './test-server.ts'
import type { TestServer } from './test-server.ts'

const ed25519 = makeKey()
const rsa = makeKey('rsa')
const ecdsa = makeKey('ecdsa')
const other = makeKey()

describe('the host key', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      hostKeys: [ed25519.privateKey, rsa.privateKey, ecdsa.privateKey],
      judge: (attempt) => (attempt.method === 'none' ? ['password'] : 'accept'),
    })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('lets a login through where it is known', async () => {
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'pw' })
    await using connection = await connect(testProfile({ port: server.port }), options)
    expect(connection.algorithms).toMatchObject({ hostKey: 'ssh-ed25519', cipher: 'aes128-gcm@openssh.com' })
    expect(connection.strictKeyExchange).toBe(true)
  })

  it.each([
    ['unknown', knowing(), 'host-key-unknown'],
    ['changed', knowing(other.publicKey), 'host-key-changed'],
    ['changed to another type', knowing(makeKey('rsa').publicKey), 'host-key-changed'],
    [
      'revoked',
      judging(() => [
        { marker: null, hosts: '*', keyType: 'ssh-ed25519', key: ed25519.publicKey, comment: '' },
        { marker: 'revoked', hosts: '*', keyType: 'ssh-ed25519', key: ed25519.publicKey, comment: '' },
      ]),
      'host-key-revoked',
    ],
  ])('stops everything before a login is tried when it is %s', async (_what, hostKeys, code) => {
    const before = server.attempts.length
    const error = await connectFailure(
      testProfile({ port: server.port }),
      testOptions({ hostKeys, password: 'pw' }),
    )
    expect(error?.code).toBe(code)
    expect(server.attempts.length).toBe(before)
  })

  it('is shown, with the known ones, in the details of the error', async () => {
    const options = testOptions({ hostKeys: knowing(other.publicKey), password: 'pw' })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error?.details).toMatchObject({
      keys: [describeHostKey(ed25519.publicKey)],
      known: [describeHostKey(other.publicKey)],
    })
  })

  it('is asked for in the types that are known, so a second key is no change', async () => {
    const options = testOptions({ hostKeys: knowing(rsa.publicKey), password: 'pw' })
    await using connection = await connect(testProfile({ port: server.port }), options)
    expect(connection.algorithms.hostKey).toBe('rsa-sha2-512')
  })

  it('can be listed in all types that the server has, without a login', async () => {
    const before = server.attempts.length
    const keys = await scanHostKeys(
      { host: '127.0.0.1', port: server.port, jump: null },
      testOptions({ hostKeys: knowing() }),
    )
    expect(keys.map((key) => describeHostKey(key).fingerprint).sort()).toEqual(
      [ed25519, rsa, ecdsa].map((key) => describeHostKey(key.publicKey).fingerprint).sort(),
    )
    expect(server.attempts.length).toBe(before)
  })
})

describe('old algorithms', () => {
  it.each([
    ['host key', { serverHostKey: ['ssh-rsa' as const] }, 'hostKey'],
    ['key exchange', { kex: ['diffie-hellman-group14-sha1' as const] }, 'kex'],
    ['cipher', { cipher: ['aes128-cbc' as const] }, 'cipher'],
    ['MAC', { cipher: ['aes128-ctr' as const], hmac: ['hmac-sha1' as const] }, 'mac'],
  ])('are refused for the %s unless the profile allows them', async (_name, algorithms, part) => {
    await using server = await startTestServer({ hostKeys: [rsa.privateKey], algorithms })
    const options = testOptions({ hostKeys: knowing(rsa.publicKey), password: 'pw' })
    const error = await connectFailure(testProfile({ port: server.port }), options)
    expect(error).toMatchObject({ code: 'algorithm-refused', details: { part } })
    expect(server.attempts).toEqual([])
    const allowed = testProfile({ port: server.port, legacyAlgorithms: true })
    expect(await connectFailure(allowed, options)).toBeNull()
  })
})

describe('a server that cannot be reached', () => {
  it.each([
    ['a closed port', { port: 1 }, 'ECONNREFUSED'],
    ['a name that does not exist', { port: 22, host: 'no-such-host.invalid' }, /ENOTFOUND|EAI_AGAIN/],
  ])('is reported as unreachable: %s', async (_what, change, cause) => {
    const error = await connectFailure(
      testProfile(change),
      testOptions({ hostKeys: knowing(), password: 'pw' }),
    )
    expect(error?.code).toBe('unreachable')
    expect(String(error?.details?.['cause'])).toMatch(cause)
  })

  it('is given up at once when the job is cancelled', async () => {
    await using server = await startTestServer({
      hostKeys: [ed25519.privateKey],
      judge: () => new Promise(() => undefined),
    })
    const stop = new AbortController()
    const options = testOptions({ hostKeys: knowing(ed25519.publicKey), password: 'pw', signal: stop.signal })
    setTimeout(() => stop.abort(), 50)
    expect((await connectFailure(testProfile({ port: server.port }), options))?.code).toBe('cancelled')
  })
})

describe('a chain of jump hosts', () => {
  it('reaches the server through them, and judges the key of every hop', async () => {
    await using inner = await startTestServer({ hostKeys: [other.privateKey] })
    await using outer = await startTestServer({ hostKeys: [ed25519.privateKey] })
    const gate = testProfile({ port: outer.port, name: 'gate' })
    const target = testProfile({ port: inner.port, jump: 'gate' })
    const known = new Map([
      [`[127.0.0.1]:${outer.port}`, ed25519.publicKey],
      [`[127.0.0.1]:${inner.port}`, other.publicKey],
    ])
    const hostKeys = judging((name) => {
      const key = known.get(name)
      return key ? [{ marker: null, hosts: name, keyType: 'ssh-ed25519', key, comment: '' }] : []
    })
    const options = testOptions({ hostKeys, password: 'pw', resolveJump: () => Promise.resolve(gate) })
    {
      await using connection = await connect(target, options)
      expect(await runOver(connection, 'echo through')).toMatchObject({ output: 'through\n', code: 0 })
      expect(inner.commands).toEqual(['exec /bin/sh -s'])
    }
    const attempts = inner.attempts.length
    known.set(`[127.0.0.1]:${outer.port}`, rsa.publicKey)
    expect((await connectFailure(target, options))?.details).toMatchObject({ port: outer.port })
    expect(inner.attempts.length).toBe(attempts)
    known.set(`[127.0.0.1]:${outer.port}`, ed25519.publicKey)
    known.set(`[127.0.0.1]:${inner.port}`, ed25519.publicKey)
    expect(await connectFailure(target, options)).toMatchObject({
      code: 'host-key-changed',
      details: { port: inner.port },
    })
    expect(inner.attempts.length).toBe(attempts)
  })

  it('is refused when it leads in a circle', async () => {
    const one = testProfile({ port: 1001, name: 'one', jump: 'two' })
    const two = testProfile({ port: 1002, name: 'two', jump: 'one' })
    const resolveJump = (name: string) => Promise.resolve(name === 'one' ? one : two)
    const error = await connectFailure(one, testOptions({ hostKeys: knowing(), resolveJump }))
    expect(error).toMatchObject({ code: 'invalid-input' })
    expect(error?.message).toContain('one → two → one')
  })
})
