import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Destination, StoredObject, Upload } from './destination.ts'
import { isUnfinished } from './key.ts'

/** An empty place that several destinations can be opened on, as two computers would. */
export interface PlaceUnderTest extends AsyncDisposable {
  open(): Promise<Destination>
}

const never = new AbortController().signal
const options = { signal: never }
const folder = 'lab-0a1b2c3d/accounts/alice'
const archive = `${folder}/alice_2026-04-08.tar.gz`
const manifest = `${folder}/alice_2026-04-08.manifest.json`

/** All keys that begin with the prefix, as the destination lists them. */
export async function listed(destination: Destination, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of destination.list(prefix, options)) keys.push(key)
  return keys
}

async function read(destination: Destination, key: string, range?: { start: number; end: number }) {
  return buffer(await destination.get(key, range === undefined ? options : { ...options, range }))
}

async function store(destination: Destination, key: string, body: Uint8Array): Promise<StoredObject> {
  const upload = await destination.create(key, options)
  try {
    await upload.write(body)
    return await upload.commit()
  } finally {
    await upload.abort()
  }
}

const code = (expected: string) => ({ code: expected }) as unknown

/** What every kind of destination must do. `place` makes an empty one for each test. */
export function describeDestination(kind: string, place: () => Promise<PlaceUnderTest>): void {
  describe(`a ${kind} destination`, () => {
    let under: PlaceUnderTest
    let here: Destination
    let there: Destination

    beforeEach(async () => {
      under = await place()
      here = await under.open()
      there = await under.open()
    })
    afterEach(async () => {
      await here[Symbol.asyncDispose]()
      await there[Symbol.asyncDispose]()
      await under[Symbol.asyncDispose]()
    })

    describe('storing', () => {
      test('shows nothing under the key before commit, and everything after', async () => {
        const upload = await here.create(archive, options)
        await upload.write(Buffer.from('first '))
        expect(await there.stat(archive, options)).toBeNull()
        expect(await listed(there)).not.toContain(archive)
        await expect(there.get(archive, options)).rejects.toEqual(expect.objectContaining(code('not-found')))
        await upload.write(Buffer.from('second'))
        const stored = await upload.commit()
        expect(stored).toMatchObject({ key: archive, size: 12 })
        expect((await read(there, archive)).toString()).toBe('first second')
        expect(stored).toMatchObject((await there.stat(archive, options)) ?? {})
        expect(await listed(there)).toEqual([archive])
      })

      test('never replaces: a second commit is a conflict, and the first stays', async () => {
        await store(here, archive, Buffer.from('good'))
        await expect(store(there, archive, Buffer.from('other'))).rejects.toMatchObject({ code: 'conflict' })
        await expect(there.put(archive, Buffer.from('x'), options)).rejects.toMatchObject({
          code: 'conflict',
        })
        expect((await read(here, archive)).toString()).toBe('good')
        expect(await listed(here)).toEqual([archive])
      })

      test('an aborted upload leaves nothing, however often it is aborted', async () => {
        const upload = await here.create(archive, options)
        await upload.write(randomBytes(100_000))
        await upload.abort()
        await upload.abort()
        expect(await listed(here)).toEqual([])
        await store(here, archive, Buffer.from('later'))
      })

      test('abort after commit takes nothing back', async () => {
        const upload = await here.create(archive, options)
        await upload.commit()
        await upload.abort()
        expect(await listed(here)).toEqual([archive])
      })

      test.each(['before the first write', 'between writes', 'before commit'])(
        'cancelled %s it stores nothing',
        async (when) => {
          const controller = new AbortController()
          const upload = await here.create(archive, { signal: controller.signal })
          if (when !== 'before the first write') await upload.write(randomBytes(50_000))
          controller.abort()
          const step = when === 'before commit' ? upload.commit() : upload.write(randomBytes(50_000))
          await expect(step).rejects.toMatchObject({ code: 'cancelled' })
          await upload.abort()
          expect(await listed(here)).toEqual([])
        },
      )

      test.each([0, 1, 65_536, 9_000_001])('an object of %d bytes comes back as it went', async (size) => {
        const body = randomBytes(size)
        const upload = await here.create(archive, options)
        for (let at = 0; at < size; at += 1_000_000) await upload.write(body.subarray(at, at + 1_000_000))
        expect((await upload.commit()).size).toBe(size)
        const back = await read(there, archive)
        expect(createHash('sha256').update(back).digest('hex')).toBe(
          createHash('sha256').update(body).digest('hex'),
        )
      })

      test.each(["odd $HOME `id` 'x'/&;!#%^(){}[]~+=,@/-rf", '.hidden/x', 'a'.repeat(180), 'alice.tar'])(
        'takes the name %s',
        async (key) => {
          await store(here, key, Buffer.from(key))
          await here.put(`${key}.2`, Buffer.from('2'), options)
          expect((await read(here, key)).toString()).toBe(key)
          expect(await listed(here)).toEqual([key, `${key}.2`].sort())
        },
      )

      test.each(['', '../x', '/x', 'a//b', 'a/..', 'a\\b', 'a\0b', 'a\nb', 'a/', 'nul', 'ä'])(
        'refuses the name %j and writes nothing',
        async (key) => {
          const refused = { code: 'invalid-input' }
          await expect(here.create(key, options)).rejects.toMatchObject(refused)
          await expect(here.put(key, Buffer.from('x'), options)).rejects.toMatchObject(refused)
          await expect(here.claim(key, [], options)).rejects.toMatchObject(refused)
          await expect(here.get(key, options)).rejects.toMatchObject(refused)
          await expect(here.stat(key, options)).rejects.toMatchObject(refused)
          await expect(here.delete(key, options)).rejects.toMatchObject(refused)
          expect(await listed(here)).toEqual([])
        },
      )

      test('a small object is put whole, and replaced only where that was asked for', async () => {
        await here.put(manifest, Buffer.from('one'), options)
        await expect(there.put(manifest, Buffer.from('two'), options)).rejects.toMatchObject({
          code: 'conflict',
        })
        expect((await read(here, manifest)).toString()).toBe('one')
        if (!here.capabilities.replace) return
        expect(await there.put(manifest, Buffer.from('three'), { ...options, replace: true })).toMatchObject({
          size: 5,
        })
        expect((await read(here, manifest)).toString()).toBe('three')
        expect(await listed(here)).toEqual([manifest])
      })
    })

    describe('reading', () => {
      const body = randomBytes(700_000)

      test.each([
        [0, 700_000],
        [0, 1],
        [699_999, 700_000],
        [262_143, 262_145],
        [100_000, 600_000],
        [5, 5],
        [700_000, 700_000],
      ])('gives the bytes from %d to %d', async (start, end) => {
        await store(here, archive, body)
        expect((await read(here, archive, { start, end })).equals(body.subarray(start, end))).toBe(true)
      })

      test('beyond the end says that the copy was cut', async () => {
        await store(here, archive, body)
        await expect(read(here, archive, { start: 699_990, end: 700_010 })).rejects.toMatchObject({
          code: 'corrupt',
        })
      })

      test('stops when it is cancelled', async () => {
        await store(here, archive, body)
        const controller = new AbortController()
        const stream = await here.get(archive, { signal: controller.signal })
        const reading = buffer(stream)
        controller.abort()
        await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
      })

      test('what is not there is not found, and its stat is null', async () => {
        await expect(here.get(archive, options)).rejects.toMatchObject({ code: 'not-found' })
        expect(await here.stat(archive, options)).toBeNull()
        expect(await here.stat(folder, options)).toBeNull()
      })
    })

    describe('listing and deleting', () => {
      test('lists in the byte order of the keys, and what begins with a prefix', async () => {
        const names = ['a', 'a-b/c', 'a.b', 'a0', 'aa/b', 'aa/b.c/d', 'aa/bb/c', 'b/x', 'b/y/z']
        for (const key of [...names].reverse()) await here.put(key, Buffer.from(key), options)
        expect(await listed(there)).toEqual([...names].sort())
        expect(await listed(there, 'aa/')).toEqual(['aa/b', 'aa/b.c/d', 'aa/bb/c'])
        expect(await listed(there, 'aa/b')).toEqual(['aa/b', 'aa/b.c/d', 'aa/bb/c'])
        expect(await listed(there, 'b')).toEqual(['b/x', 'b/y/z'])
        expect(await listed(there, 'zz')).toEqual([])
      })

      test('deletes what it is told to, once or twice, and nothing else', async () => {
        await here.put('a/one', Buffer.from('1'), options)
        await here.put('a/one.more', Buffer.from('2'), options)
        await here.delete('a/one', options)
        await here.delete('a/one', options)
        await here.delete('a', options)
        await here.delete('never/was', options)
        expect(await listed(here)).toEqual(['a/one.more'])
      })

      test('lists an upload that a crash left behind, and can delete it', async () => {
        const upload = await here.create(archive, options)
        await upload.write(randomBytes(1000))
        const left = await listed(there)
        expect(left).toHaveLength(1)
        expect(isUnfinished(left[0] ?? '')).toBe(true)
        for (const key of left) await there.delete(key, options)
        expect(await listed(there)).toEqual([])
        await expect(upload.commit()).rejects.toMatchObject({ code: 'conflict' })
        await upload.abort()
      })
    })

    describe('claims', () => {
      test('of two runs exactly one gets the name, or none where nobody can refuse (50 rounds)', async () => {
        const fewest = here.capabilities.exclusiveCreate ? 1 : 0
        for (let round = 0; round < 50; round += 1) {
          const key = `race/alice_${round}.tar.gz`
          const won = await Promise.all([here, there].map((one) => one.claim(key, [], options)))
          const winners = won.filter(Boolean).length
          expect(winners).toBeGreaterThanOrEqual(fewest)
          expect(winners).toBeLessThanOrEqual(1)
        }
      })

      test('the winner uploads into its claim, and the name stays taken', async () => {
        expect(await here.claim(archive, [manifest], options)).toBe(true)
        expect(await here.claim(archive, [manifest], options)).toBe(false)
        await expect(there.create(archive, options)).rejects.toMatchObject({ code: 'conflict' })
        await store(here, archive, Buffer.from('mine'))
        expect(await listed(there)).toEqual([archive])
        expect(await there.claim(archive, [manifest], options)).toBe(false)
        expect((await read(there, archive)).toString()).toBe('mine')
        expect(await listed(there)).toEqual([archive])
      })

      test('a name is also taken where something else of its backup lies', async () => {
        await here.put(manifest, Buffer.from('{}'), options)
        expect(await there.claim(archive, [manifest], options)).toBe(false)
        expect(await listed(there)).toEqual([manifest])
      })

      test('a released or aborted claim is free again; nobody releases the claim of another', async () => {
        expect(await here.claim(archive, [], options)).toBe(true)
        await there.release(archive)
        expect(await there.claim(archive, [], options)).toBe(false)
        await here.release(archive)
        await here.release(archive)
        expect(await listed(here)).toEqual([])
        expect(await there.claim(archive, [], options)).toBe(true)
        const upload: Upload = await there.create(archive, options)
        await upload.abort()
        expect(await here.claim(archive, [], options)).toBe(true)
      })

      test('an abort does not touch what another run put in the same place', async () => {
        const upload = await here.create(archive, options)
        for (const key of await listed(there)) await there.delete(key, options)
        expect(await there.claim(archive, [], options)).toBe(true)
        await upload.abort()
        await store(there, archive, Buffer.from('theirs'))
        expect((await read(here, archive)).toString()).toBe('theirs')
      })

      test('closing the destination releases its claims', async () => {
        const third = await under.open()
        expect(await third.claim(archive, [], options)).toBe(true)
        await third[Symbol.asyncDispose]()
        expect(await listed(here)).toEqual([])
      })
    })

    test('knows how much fits, or says that nobody knows', async () => {
      const free = await here.free(options)
      expect(free === null || free > 0).toBe(true)
    })

    test('does nothing for a caller who has already cancelled', async () => {
      const cancelled = { signal: AbortSignal.abort() }
      const refused = { code: 'cancelled' }
      await expect(here.create(archive, cancelled)).rejects.toMatchObject(refused)
      await expect(here.put(archive, Buffer.from('x'), cancelled)).rejects.toMatchObject(refused)
      await expect(here.claim(archive, [], cancelled)).rejects.toMatchObject(refused)
      await expect(here.delete(archive, cancelled)).rejects.toMatchObject(refused)
      expect(await listed(here)).toEqual([])
    })
  })
}
