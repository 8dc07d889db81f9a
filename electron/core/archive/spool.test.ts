import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { PressedSegment } from './segment-press.ts'
import { Spool } from './spool.ts'
import { noise } from './test-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'spool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const segment = (seed: number): PressedSegment => ({
  data: noise(10_000, seed),
  tarLength: 20_000 + seed,
  crc32: seed,
})

/** What the process has open in the folder, without a name. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = statSync(`/proc/self/fd/${fd}`)
      return target.isFile() && target.nlink === 0 ? [fd] : []
    } catch {
      return []
    }
  })
}

it('gives back what it got, in order, from memory and from its file', async () => {
  await using spool = new Spool({ folder, memory: 25_000 })
  for (let seed = 0; seed < 7; seed += 1) await spool.add(segment(seed))
  expect(spool.fileSize).toBe(5 * (10_000 + 16))
  let seed = 0
  for await (const read of spool.segments()) {
    expect(read.data.equals(noise(10_000, seed))).toBe(true)
    expect(read).toMatchObject({ tarLength: 20_000 + seed, crc32: seed })
    seed += 1
  }
  expect(seed).toBe(7)
})

it.runIf(process.platform === 'linux')('keeps its file nameless, sealed, and for nobody else', async () => {
  const before = openFiles()
  {
    await using spool = new Spool({ folder, memory: 0 })
    await spool.add(segment(1))
    expect(readdirSync(folder)).toEqual([])
    const [fd] = openFiles().filter((name) => !before.includes(name))
    expect(statSync(`/proc/self/fd/${fd!}`).mode & 0o777).toBe(0o600)
    const stored = readFileSync(`/proc/self/fd/${fd!}`)
    expect(stored.includes(noise(10_000, 1).subarray(0, 16))).toBe(false)
    writeFileSync(`/proc/self/fd/${fd!}`, stored.fill(0, 100, 101))
    await expect(spool.segments().next()).rejects.toMatchObject({ code: 'corrupt' })
  }
  expect(openFiles()).toEqual(before)
})

const inSmallDisk = [
  '-rm',
  'sh',
  '-c',
  'mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"',
  'sh',
  folder,
]
const canMount = spawnSync('unshare', [...inSmallDisk, 'true']).status === 0

it.runIf(canMount)('says where there is no space', () => {
  const program = `
    import { Spool } from ${JSON.stringify(join(import.meta.dirname, 'spool.ts'))}
    await using spool = new Spool({ folder: ${JSON.stringify(folder)}, memory: 0 })
    const data = Buffer.alloc(100_000)
    await spool.add({ data, tarLength: 1, crc32: 0 }).catch((error) => console.log(error.code))`
  const node = [process.execPath, '--input-type=module-typescript', '--eval', program]
  const { stdout, stderr } = spawnSync('unshare', [...inSmallDisk, ...node], { encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['no-space\n', ''])
})

it('says where the folder cannot be used', async () => {
  await using spool = new Spool({ folder: join(folder, 'none'), memory: 0 })
  await expect(spool.add(segment(1))).rejects.toMatchObject({ code: 'write-failed' })
})
