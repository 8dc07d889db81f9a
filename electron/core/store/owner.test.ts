import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimOwnership, type Other, type Owner } from './owner.ts'
import { systemClock } from './testing/system-clock.ts'

const program = fileURLToPath(new URL('./testing/claim-folder.ts', import.meta.url))
const { signal } = new AbortController()
const claim = (folder: string) => claimOwnership(folder, { clock: systemClock, signal })

async function owned(folder: string): Promise<Owner> {
  const result = await claim(folder)
  if (result.kind !== 'owner') throw new Error('Another process owns it.')
  return result
}

async function other(folder: string): Promise<Other> {
  const result = await claim(folder)
  if (result.kind !== 'other') throw new Error('Nobody else owns it.')
  return result
}

/** A process that claims the folder when it is told to. */
class Claimer implements AsyncDisposable {
  readonly child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(folder: string) {
    this.child = spawn(process.execPath, ['--no-warnings', program, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface(this.child.stdout!)[Symbol.asyncIterator]()
  }

  async line(): Promise<unknown> {
    return (await this.#lines.next()).value
  }

  async tell(word: 'claim' | 'release'): Promise<unknown> {
    this.child.stdin!.write(`${word}\n`)
    return this.line()
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

describe('the data folder', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-owner-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('has one owner; a second claim speaks to the first through a socket for this user only', async () => {
    await using owner = await owned(folder)
    const second = await other(folder)
    await using channel = await second.connect()
    await channel.send({ method: 'servers.list', text: 'ä\n"' })
    owner.onConnection((incoming) => {
      void (async () => {
        for await (const message of incoming.messages()) await incoming.send({ echo: message })
      })()
    })
    for await (const message of channel.messages()) {
      expect(message).toEqual({ echo: { method: 'servers.list', text: 'ä\n"' } })
      break
    }
    expect((await stat(join(folder, 'owner.sock'))).mode & 0o777).toBe(0o600)
  })

  test('is free again when the owner lets go, and nothing but the lock file stays', async () => {
    const first = await owned(folder)
    const second = await other(folder)
    await first[Symbol.asyncDispose]()
    await expect(second.connect()).rejects.toMatchObject({ code: 'connection-lost' })
    const third = await owned(folder)
    await third[Symbol.asyncDispose]()
    await third[Symbol.asyncDispose]()
    expect(await readdir(folder)).toEqual(['owner.lock'])
  })

  test('tells those who spoke to the owner when it goes', async () => {
    const owner = await owned(folder)
    const channel = await (await other(folder)).connect()
    const heard: unknown[] = []
    const reading = (async () => {
      for await (const message of channel.messages()) heard.push(message)
    })()
    await owner[Symbol.asyncDispose]()
    await reading
    expect(heard).toEqual([])
    if (!channel.closed.aborted) await once(channel.closed, 'abort')
    await expect(channel.send({})).rejects.toMatchObject({ code: 'connection-lost' })
  })

  test('goes to exactly one of two processes that claim it at once (50 rounds)', async () => {
    await using a = new Claimer(folder)
    await using b = new Claimer(folder)
    await Promise.all([a.line(), b.line()])
    const won = new Map<string, number>()
    for (let round = 0; round < 50; round += 1) {
      const results = await Promise.all([a.tell('claim'), b.tell('claim')])
      expect([...results].sort()).toEqual(['other', 'owner'])
      const winner = results[0] === 'owner' ? 'a' : 'b'
      won.set(winner, (won.get(winner) ?? 0) + 1)
      await Promise.all([a.tell('release'), b.tell('release')])
    }
    expect([...won.values()].reduce((sum, count) => sum + count)).toBe(50)
  })

  test('passes on at once when its owner is killed, and a waiting crowd gets one new owner', async () => {
    await using first = new Claimer(folder)
    await first.line()
    expect(await first.tell('claim')).toBe('owner')
    const channel = await (await other(folder)).connect()
    await channel.send('hello')
    for await (const message of channel.messages()) {
      expect(message).toEqual({ echo: 'hello', pid: first.child.pid })
      break
    }
    await first.kill()
    expect(await readdir(folder)).toContain('owner.sock')
    const began = performance.now()
    const results = await Promise.all([claim(folder), claim(folder)])
    expect(performance.now() - began).toBeLessThan(500)
    expect(results.map(({ kind }) => kind).sort()).toEqual(['other', 'owner'])
    for (const result of results) if (result.kind === 'owner') await result[Symbol.asyncDispose]()
  })

  test('with a path too long for a socket is refused in words', async () => {
    await expect(claim(join(folder, 'x'.repeat(100)))).rejects.toMatchObject({ code: 'invalid-input' })
  })

  test('that cannot be written is refused in words', async () => {
    await expect(claim(join(folder, 'missing'))).rejects.toMatchObject({ code: 'permission-denied' })
  })
})
