import { appendFile, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openAppendLog, readAppendLog } from './append-log.ts'

const Line = z.strictObject({ n: z.int(), text: z.string() })
type Line = z.infer<typeof Line>

describe('an append log', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-log-'))
    file = join(folder, 'job.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function write(from: number, to: number): Promise<void> {
    await using log = await openAppendLog<Line>(file)
    const records = Array.from({ length: to - from }, (_, index) => ({ n: from + index, text: 'ä\n' }))
    await Promise.all(records.map((record) => log.append(record)))
  }

  async function numbers(): Promise<number[]> {
    const got: number[] = []
    for await (const { n } of readAppendLog(file, Line)) got.push(n)
    return got
  }

  test('that was never written has no records', async () => {
    expect(await numbers()).toEqual([])
  })

  test('keeps records in order over several openings, for its owner only', async () => {
    await write(0, 100)
    await write(100, 103)
    expect(await numbers()).toEqual(Array.from({ length: 103 }, (_, index) => index))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('drops a torn last record on reading, and writes on behind the one before', async () => {
    await write(0, 3)
    const whole = await readFile(file)
    for (let size = whole.length - 1; size > whole.lastIndexOf(0x0a, -2); size -= 1) {
      await truncate(file, size)
      expect(await numbers()).toEqual([0, 1])
    }
    await appendFile(file, '{"n":99,"te')
    await write(2, 3)
    expect(await numbers()).toEqual([0, 1, 2])
  })

  test('that holds nothing but a torn record is as good as new', async () => {
    await appendFile(file, `{"n":1,"text":"${'x'.repeat(200_000)}`)
    expect(await numbers()).toEqual([])
    await write(5, 6)
    expect(await numbers()).toEqual([5])
  })

  test('passes over a damaged line in the middle', async () => {
    await write(0, 1)
    await appendFile(file, 'junk\n{"n":"one","text":""}\n')
    await write(1, 2)
    expect(await numbers()).toEqual([0, 1])
  })

  test('can be read while it is written', async () => {
    await using log = await openAppendLog<Line>(file)
    await log.append({ n: 1, text: '' })
    expect(await numbers()).toEqual([1])
    await log.append({ n: 2, text: '' })
    await log.sync()
    expect(await numbers()).toEqual([1, 2])
  })
})
