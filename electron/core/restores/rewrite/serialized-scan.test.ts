import { expect, test } from 'vitest'
import { countSerializedPaths } from './serialized-scan.ts'

const dump = Buffer.from(
  [
    String.raw`INSERT INTO wp_options VALUES (1,'a','a:1:{s:4:\"root\";s:18:\"/home/alice/public\";}'),`,
    String.raw`(2,'b','s:11:"/home/alice";'),(3,'c','/home/alice/plain'),(4,'d','s:12:\"/home/alice2\";'),`,
    String.raw`(5,'e','s:30:\"x /home/alice and /home/alice\";'),(6,'f','s:3:\"abc\";/home/alice'),`,
    String.raw`(7,'g','s:34:\"s:18:\\\"/home/alice/public\\\";\";'),(8,'h','s:14:\"/mnt/home/alice\"')`,
  ].join('\n'),
)

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test.each([1, 2, 3, 7, 50, 100, 101, 130, 1000])(
  'counts serialized strings and places the same in chunks of %i bytes',
  async (size) => {
    expect(await countSerializedPaths(cut(dump, size), Buffer.from('/home/alice'))).toEqual({
      serialized: 4,
      places: 7,
    })
  },
)

test('holds no more than a chunk', async () => {
  const chunk = Buffer.concat([Buffer.alloc(1_000_000, 'x '), Buffer.from('s:11:"/home/alice";')])
  async function* many() {
    for (let n = 0; n < 60; n += 1) yield chunk
  }
  const before = process.memoryUsage().heapUsed
  expect(await countSerializedPaths(many(), Buffer.from('/home/alice'))).toEqual({
    serialized: 60,
    places: 60,
  })
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6)
})
