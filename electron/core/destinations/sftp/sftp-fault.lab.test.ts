import { randomBytes, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { labProfile, labLink, openTestPlace } from '../../../../e2e/lab/sftp-place.ts'
import { cancellation } from '../../../../shared/errors.ts'
import { listed } from '../conformance.ts'
import type { Destination } from '../destination.ts'
import type { SftpLink } from './link.ts'
import { openSftpDestination } from './sftp.ts'

const { signal } = new AbortController()
const options = { signal }
const archive = 'web-0a1b2c3d/accounts/alice/alice_2026-04-08.tar.gz'
const MB = 1_000_000
const body = randomBytes(12 * MB)
const small = { layer: 'sftp-target', without: ['mariadb', 'postgres', 'dovecot', 'cron'] } as const

describe('an SFTP destination', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost(small)
  })
  afterAll(() => host[Symbol.asyncDispose]())

  /** A destination whose connections are counted and can be ended, as by a server that restarts. */
  async function breakable() {
    const open = await labLink(host)
    const links: SftpLink[] = []
    const place = await openTestPlace(host, `upload/${randomUUID()}`, {
      open: async (profile, given) => {
        const link = await open(profile, given)
        links.push(link)
        return link
      },
    })
    links.length = 0
    const destination = await place.open()
    const end = async () => {
      // The login's own process, not the listening one: the client is told nothing but a closed connection.
      await host.exec("pkill -f '^sshd: backup1' || true")
    }
    return { destination, links, end }
  }

  test('goes on with an upload after the connection broke, and stores what was given', async () => {
    const { destination, links, end } = await breakable()
    await using _ = destination
    const upload = await destination.create(archive, options)
    for (let at = 0; at < body.length; at += MB) {
      if (at === 3 * MB || at === 8 * MB) await end()
      await upload.write(body.subarray(at, at + MB))
    }
    await end()
    expect((await upload.commit()).size).toBe(body.length)
    expect(links.length).toBeGreaterThan(2)
    expect(await listed(destination)).toEqual([archive])
    expect((await buffer(await destination.get(archive, options))).equals(body)).toBe(true)
  })

  test('goes on reading where the connection broke', async () => {
    const { destination, links, end } = await breakable()
    await using _ = destination
    const upload = await destination.create(archive, options)
    await upload.write(body)
    await upload.commit()
    const chunks: Buffer[] = []
    let got = 0
    for await (const chunk of (await destination.get(archive, options)) as AsyncIterable<Buffer>) {
      if (got < 5 * MB && got + chunk.length >= 5 * MB) await end()
      got += chunk.length
      chunks.push(chunk)
    }
    expect(Buffer.concat(chunks).equals(body)).toBe(true)
    expect(links.length).toBe(2)
  })

  test('never takes another file for its own after a break', async () => {
    const { destination, end } = await breakable()
    await using _ = destination
    const upload = await destination.create(archive, options)
    await upload.write(body.subarray(0, MB))
    for (const key of await listed(destination)) await destination.delete(key, options)
    expect(await destination.claim(archive, [], options)).toBe(true)
    await end()
    await expect(upload.commit()).rejects.toMatchObject({ code: 'conflict' })
    await upload.abort()
    expect(await listed(destination)).toHaveLength(1)
  })

  test('whose folder is not there as it was prepared is unreachable, and not made anew', async () => {
    const profile = labProfile(host, `upload/${randomUUID()}`)
    const given = {
      open: await labLink(host),
      clock: { sleep: async () => undefined },
      throttle: null,
    } as const
    const patience = { first: 1, longest: 1, total: 0 }
    const opened = openSftpDestination(profile, { ...given, patience, signal })
    await expect(opened).rejects.toMatchObject({ code: 'unreachable' })
    expect((await host.exec(`ls /srv/sftp/backup1/${profile.folder}`, { anyCode: true })).code).not.toBe(0)
  })

  test('that does not answer is given up at once when somebody cancels', async () => {
    const controller = new AbortController()
    const asked = Promise.withResolvers<undefined>()
    const opening = openSftpDestination(labProfile(host, 'upload'), {
      open: async (_, given) => {
        asked.resolve(undefined)
        return new Promise((_resolve, reject) => {
          given.signal.addEventListener('abort', () => reject(cancellation(given.signal)))
        })
      },
      ...{ clock: { sleep: async () => undefined }, throttle: null, signal: controller.signal },
      patience: { first: 1, longest: 1, total: 0 },
    })
    await asked.promise
    controller.abort()
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('that may not write says so', async () => {
    await expect(openTestPlace(host, 'not-mine')).rejects.toMatchObject({ code: 'permission-denied' })
  })
})

test('a full disk is no-space, the upload is removed, and what was there stays', async () => {
  await using host = await startHost({ ...small, disk: '40m' })
  const place = await openTestPlace(host, 'upload/here')
  await using destination: Destination = await place.open()
  await destination.put('a/old.tar.gz', Buffer.from('good'), options)
  const upload = await destination.create('a/new.tar.gz', options)
  const filling = async () => {
    for (let written = 0; written < 60 * MB; written += MB) await upload.write(body.subarray(0, MB))
    await upload.commit()
  }
  await expect(filling()).rejects.toMatchObject({ code: 'no-space' })
  await upload.abort()
  expect(await listed(destination)).toEqual(['a/old.tar.gz'])
  expect(await destination.free(options)).toBeGreaterThan(10 * MB)
})

test('a server without hard links and without a rename that replaces overwrites nothing, and replaces what it must', async () => {
  await using host = await startHost(small)
  await host.exec(
    "sed -i 's/internal-sftp/internal-sftp -P hardlink,posix-rename/' /etc/ssh/sshd_config.d/sftp.conf; pkill -HUP -o sshd",
  )
  const place = await openTestPlace(host, 'upload/here')
  await using destination = await place.open()
  const store = async (text: string) => {
    const upload = await destination.create(archive, options)
    await upload.write(Buffer.from(text))
    await upload.commit().finally(() => upload.abort())
  }
  await store('good')
  await expect(store('other')).rejects.toMatchObject({ code: 'conflict' })
  expect(String(await buffer(await destination.get(archive, options)))).toBe('good')
  for (const text of ['one', 'two'])
    await destination.put('a/state.json', Buffer.from(text), { ...options, replace: true })
  expect(String(await buffer(await destination.get('a/state.json', options)))).toBe('two')
  expect(await listed(destination)).toEqual(['a/state.json', archive])
})
