import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { hasCode } from '../../../shared/errors.ts'
import { chunked, noise, oneComponent, tarOf, testArchive, testFile, testMeta } from './test-archive.ts'

const signal = new AbortController().signal
const MiB = 2 ** 20

describe('a failing sink', () => {
  it('ends the writing with its own error and takes nothing more', async () => {
    let written = 0
    const failure = new Error('disk gone')
    const writing = testArchive(
      (writer) =>
        oneComponent(writer, (component) =>
          component.tar(chunked(tarOf([testFile('files/a', noise(64 * MiB))])), {
            map: (meta) => meta,
            signal,
          }),
        ),
      {
        sink: (chunk) => {
          written += chunk.length
          return written > 2 * MiB ? Promise.reject(failure) : Promise.resolve()
        },
      },
    )
    await expect(writing).rejects.toBe(failure)
    expect(written).toBeLessThan(6 * MiB)
  })

  it('of the index ends the writing too', async () => {
    const failure = new Error('disk gone')
    const writing = testArchive(
      (writer) =>
        oneComponent(writer, async (component) => {
          for (let i = 0; i < 20_000; i += 1)
            await component.entry(testMeta(`files/${noise(16, i).toString('hex')}`), Buffer.alloc(0))
        }),
      { indexSink: () => Promise.reject(failure) },
    )
    await expect(writing).rejects.toBe(failure)
  })

  it('that is slow holds the tar back', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    let taken = 0
    const source = Readable.from(
      (function* () {
        const tar = tarOf([testFile('files/a', noise(100 * MiB))])
        for (let at = 0; at < tar.length; at += 65_536) {
          taken += 65_536
          yield tar.subarray(at, at + 65_536)
        }
      })(),
    )
    const writing = testArchive(
      (writer) => oneComponent(writer, (component) => component.tar(source, { map: (meta) => meta, signal })),
      { parallelism: 2, sink: () => gate },
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(taken).toBeLessThan(32 * MiB)
    release()
    await writing
  })
})

describe('cancelling', () => {
  it('stops a tar that never ends', async () => {
    const controller = new AbortController()
    const endless = new Readable({ read: () => undefined })
    const writing = testArchive((writer) =>
      oneComponent(writer, (component) =>
        component.tar(endless, { map: (meta) => meta, signal: controller.signal }),
      ),
    )
    setTimeout(() => controller.abort(), 20)
    await expect(writing).rejects.toSatisfy((error) => hasCode(error, 'cancelled'))
    expect(endless.destroyed).toBe(true)
  })
})
