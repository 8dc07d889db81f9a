import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Decrypter } from 'age-encryption'
import { afterAll, describe, expect, test } from 'vitest'
import { isInstalled } from '../../../../e2e/programs.ts'
import { bufferSource, type ByteSource } from '../byte-source.ts'
import { newIdentity, type Identity } from './age-key.ts'
import { chunkSize, sealedChunkSize } from './chunk-cipher.ts'
import { CipherThread } from './cipher-thread.ts'
import { openSealed } from './sealed-source.ts'
import { Sealer } from './sealer.ts'

const { signal } = new AbortController()
const thread = new CipherThread()
const computer = await newIdentity()
const recovery = await newIdentity()
const recipients = [computer.recipient, recovery.recipient]
const folder = mkdtempSync(join(tmpdir(), 'holdfast-seal-'))
const block = 16 * chunkSize
const sizes = [0, 1, chunkSize - 1, chunkSize, chunkSize + 1, block, block + 1, 5 * block + 777]

afterAll(async () => {
  await thread[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

async function seal(plain: Buffer, piece = 300_000) {
  const parts: Buffer[] = []
  using sealer = await Sealer.open(recipients, {
    thread,
    sink: (bytes) => {
      parts.push(Buffer.from(bytes))
      return Promise.resolve()
    },
  })
  for (let at = 0; at < plain.length; at += piece) await sealer.write(plain.subarray(at, at + piece))
  const sealed = await sealer.finish()
  const bytes = Buffer.concat(parts)
  return { bytes, sealed, foretold: sealer.sealedSize(plain.length) }
}

function open(bytes: Buffer, identities: readonly Identity[] = [recovery]): Promise<ByteSource> {
  return openSealed(bufferSource(bytes), { identities, thread, signal })
}

function ageWith(identity: Identity, file: string): Buffer {
  const key = join(folder, 'key.txt')
  writeFileSync(key, identity.secret.reveal())
  return execFileSync('age', ['-d', '-i', key, file], { maxBuffer: 1 << 26 })
}

describe('what is sealed', () => {
  test.each(sizes)(
    'of %i bytes has the size and SHA-256 that were said, and the library opens it',
    async (size) => {
      const plain = randomBytes(size)
      const { bytes, sealed, foretold } = await seal(plain)
      expect([sealed.size, foretold]).toEqual([bytes.length, bytes.length])
      expect(sealed.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      const decrypter = new Decrypter()
      decrypter.addIdentity(computer.secret.reveal())
      expect(Buffer.from(await decrypter.decrypt(bytes)).equals(plain)).toBe(true)
    },
  )

  test.runIf(isInstalled('age')).each(sizes)('of %i bytes is opened by age with either key', async (size) => {
    const plain = randomBytes(size)
    const file = join(folder, `${size}.age`)
    writeFileSync(file, (await seal(plain)).bytes)
    for (const identity of [computer, recovery]) expect(ageWith(identity, file).equals(plain)).toBe(true)
  })

  test.runIf(isInstalled('age'))('by age is opened here', async () => {
    const plain = randomBytes(3 * chunkSize + 5)
    writeFileSync(join(folder, 'plain'), plain)
    const file = join(folder, 'by-age')
    execFileSync('age', [
      '-r',
      computer.recipient,
      '-r',
      recovery.recipient,
      '-o',
      file,
      join(folder, 'plain'),
    ])
    const source = await open(readFileSync(file))
    expect((await source.read({ start: 0, end: source.size }, { signal })).equals(plain)).toBe(true)
  })
})

describe('a range of what is sealed', () => {
  test('is read from the chunks that it lies in, and nothing else but the start and the last chunk', async () => {
    const plain = randomBytes(40 * chunkSize + 99)
    const { bytes } = await seal(plain)
    const asked: number[] = []
    const inner = bufferSource(bytes)
    const counting: ByteSource = {
      ...inner,
      read: async (range, options) => {
        asked.push(range.end - range.start)
        return inner.read(range, options)
      },
    }
    const source = await openSealed(counting, { identities: [computer], thread, signal })
    expect(source.size).toBe(plain.length)
    asked.length = 0
    const range = { start: 20 * chunkSize - 3, end: 20 * chunkSize + 4 }
    expect((await source.read(range, { signal })).equals(plain.subarray(range.start, range.end))).toBe(true)
    expect(asked).toEqual([2 * sealedChunkSize])
  })

  test.each([
    [0, 0],
    [0, 1],
    [chunkSize - 1, chunkSize],
    [chunkSize, chunkSize + 1],
    [17 * chunkSize + 5, 39 * chunkSize + 12],
    [39 * chunkSize, 40 * chunkSize + 99],
    [0, 40 * chunkSize + 99],
  ])('from %i to %i is the same by read and by stream', async (start, end) => {
    const plain = randomBytes(40 * chunkSize + 99)
    const source = await open((await seal(plain)).bytes)
    const wanted = plain.subarray(start, end)
    expect((await source.read({ start, end }, { signal })).equals(wanted)).toBe(true)
    expect((await buffer(source.stream({ start, end }, { signal }))).equals(wanted)).toBe(true)
  })

  test('outside of it is refused', async () => {
    const source = await open((await seal(randomBytes(10))).bytes)
    await expect(source.read({ start: 0, end: 11 }, { signal })).rejects.toMatchObject({ code: 'corrupt' })
  })
})

describe('a sealed file that was changed', () => {
  const plain = randomBytes(6 * chunkSize + 50)
  const whole = async (bytes: Buffer) => {
    const source = await open(bytes)
    return source.read({ start: 0, end: source.size }, { signal })
  }
  const changes: Record<string, (bytes: Buffer) => Buffer> = {
    'cut by one byte': (bytes) => bytes.subarray(0, -1),
    'cut at the end of a chunk': (bytes) => bytes.subarray(0, bytes.length - 66),
    'cut in its header': (bytes) => bytes.subarray(0, 100),
    'with a byte more': (bytes) => Buffer.concat([bytes, Buffer.of(0)]),
    'with an empty chunk more': (bytes) => Buffer.concat([bytes, randomBytes(16)]),
    'with two chunks exchanged': (bytes) => {
      const start = bytes.length - (6 * sealedChunkSize + 66)
      const [one, two] = [1, 2].map((at) =>
        Buffer.from(bytes.subarray(start + at * sealedChunkSize).subarray(0, sealedChunkSize)),
      )
      const changed = Buffer.from(bytes)
      two?.copy(changed, start + sealedChunkSize)
      one?.copy(changed, start + 2 * sealedChunkSize)
      return changed
    },
  }

  test.each(Object.keys(changes))('%s is damaged', async (name) => {
    const bytes = changes[name]?.((await seal(plain)).bytes)
    await expect(whole(bytes ?? Buffer.alloc(0))).rejects.toMatchObject({ code: 'corrupt' })
  })

  test.each(['cut at the end of a chunk', 'cut by one byte', 'with a byte more'])(
    '%s is not even opened, so nothing is read of it',
    async (name) => {
      const bytes = changes[name]?.((await seal(plain)).bytes)
      await expect(open(bytes ?? Buffer.alloc(0))).rejects.toMatchObject({ code: 'corrupt' })
    },
  )

  test('in any single byte does not open', async () => {
    const { bytes } = await seal(plain)
    for (let at = 0; at < bytes.length; at += at < 300 ? 1 : 4999) {
      const bent = Buffer.from(bytes)
      bent[at] = (bent[at] ?? 0) ^ 1
      await expect(whole(bent), `byte ${at}`).rejects.toThrow()
    }
  })
})

test('without a key that fits, says so', async () => {
  const { bytes } = await seal(Buffer.from('secret'))
  await expect(open(bytes, [await newIdentity()])).rejects.toMatchObject({ code: 'key-missing' })
  await expect(open(bytes, [])).rejects.toMatchObject({ code: 'key-missing' })
})

test('small pieces of memory that others share stay theirs', async () => {
  let data = Buffer.from('shared')
  while (data.byteOffset !== 0) data = Buffer.from('shared')
  const key = randomBytes(32)
  const { data: sealed } = await thread.seal(thread.begin(Buffer.of()), { key, first: 0, last: true, data })
  expect(data.toString()).toBe('shared')
  expect(await thread.open({ key, first: 0, last: true, data: sealed })).toEqual(data)
})
