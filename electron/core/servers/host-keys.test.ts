import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasCode } from '../../../shared/errors.ts'
import { HostKeyFile } from './host-keys.ts'
import { makeKey } from './test-server.ts'

const [one, two, three] = [makeKey(), makeKey('ecdsa'), makeKey()].map((pair) => pair.publicKey)
let folder: string
let path: string
let keys: HostKeyFile
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-hostkeys-'))
  path = join(folder, 'data', 'known_hosts')
  keys = new HostKeyFile(path)
})
afterEach(() => rm(folder, { recursive: true }))

const verdict = async (key: Buffer, port = 22) => (await keys.of('web.example', port)).verdict(key).kind

describe('the file of known host keys', () => {
  it('knows nothing before it exists', async () => {
    expect(await verdict(one!)).toBe('unknown')
    expect(await keys.list('web.example', 22)).toEqual([])
  })

  it('accepts keys of several types for one address, and names their types', async () => {
    await keys.accept('web.example', 22, one!)
    await keys.accept('web.example', 22, two!)
    await keys.accept('web.example', 22, one!)
    expect(await keys.list('web.example', 22)).toEqual([one, two])
    expect((await keys.of('web.example', 22)).types).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256'])
    expect(await verdict(three!)).toBe('changed')
    expect(await verdict(one!, 2222)).toBe('unknown')
  })

  it('replaces all keys of a host by one, and forgets', async () => {
    await keys.accept('web.example', 22, one!)
    await keys.accept('web.example', 22, two!)
    await keys.replace('web.example', 22, three!)
    expect(await keys.list('web.example', 22)).toEqual([three])
    await keys.forget('web.example', 22)
    expect(await verdict(three!)).toBe('unknown')
  })

  it('takes over what another file says of a host, revocations included, once', async () => {
    const theirs = join(folder, 'theirs')
    const line = (key: Buffer, type: string) => `${type} ${key.toString('base64')}`
    await writeFile(
      theirs,
      [
        `web.example,192.0.2.1 ${line(one!, 'ssh-ed25519')}`,
        `@revoked * ${line(three!, 'ssh-ed25519')}`,
        `mail.example ${line(two!, 'ecdsa-sha2-nistp256')}`,
      ].join('\n'),
    )
    expect(await keys.importHost(theirs, 'web.example', 22)).toBe(2)
    expect(await keys.importHost(theirs, 'web.example', 22)).toBe(0)
    expect(await verdict(one!)).toBe('known')
    expect(await verdict(three!)).toBe('revoked')
    expect(await readFile(path, 'utf8')).not.toContain('mail.example')
    expect(await keys.importHost(join(folder, 'none'), 'web.example', 22)).toBe(0)
  })

  it('loses nothing when keys are accepted at the same time', async () => {
    const hosts = Array.from({ length: 20 }, (_, index) => `host${index}`)
    await Promise.all(hosts.map((host) => keys.accept(host, 22, one!)))
    for (const host of hosts) expect(await keys.list(host, 22)).toEqual([one])
    expect(await readdir(join(folder, 'data'))).toEqual(['known_hosts'])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('says so, and asks nobody to trust anything, when it cannot be read or written', async () => {
    const blocked = new HostKeyFile(folder)
    await expect(blocked.of('web.example', 22)).rejects.toSatisfy((error) =>
      hasCode(error, 'permission-denied'),
    )
    await writeFile(join(folder, 'data'), '')
    const inFile = new HostKeyFile(join(folder, 'data', 'sub', 'known_hosts'))
    await expect(inFile.accept('web.example', 22, one!)).rejects.toSatisfy(
      (error) => hasCode(error, 'permission-denied') || hasCode(error, 'write-failed'),
    )
  })
})
