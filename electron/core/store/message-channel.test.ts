import { duplexPair } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { messageChannel } from './message-channel.ts'

async function all(messages: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = []
  for await (const message of messages) got.push(message)
  return got
}

describe('a message channel', () => {
  test('carries values in order, whatever the bytes are cut into', async () => {
    const [near, far] = duplexPair()
    const reading = all(messageChannel(far).messages())
    for (const byte of Buffer.from('{"a":"ä\\n"}\n[1,2]\nnull\n')) near.write(Buffer.of(byte))
    near.end()
    expect(await reading).toEqual([{ a: 'ä\n' }, [1, 2], null])
  })

  test('carries a message of many megabytes', async () => {
    const [near, far] = duplexPair()
    const reading = all(messageChannel(far).messages())
    const text = 'x'.repeat(8_000_000)
    await using sender = messageChannel(near)
    await sender.send({ text })
    await sender[Symbol.asyncDispose]()
    expect(await reading).toEqual([{ text }])
  })

  test('drops half a message at the end', async () => {
    const [near, far] = duplexPair()
    const reading = all(messageChannel(far).messages())
    near.end('{"whole":1}\n{"half":')
    expect(await reading).toEqual([{ whole: 1 }])
  })

  test('refuses what is no message', async () => {
    const [near, far] = duplexPair()
    const reading = all(messageChannel(far).messages())
    near.end('GET / HTTP/1.1\r\n')
    await expect(reading).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('refuses a message without an end before it fills the memory', async () => {
    const [near, far] = duplexPair()
    const reading = all(messageChannel(far).messages())
    near.on('error', () => undefined)
    const block = Buffer.alloc(1_000_000, 'x')
    for (let sent = 0; sent < 40 && !near.destroyed; sent += 1) near.write(block)
    await expect(reading).rejects.toMatchObject({ code: 'corrupt' })
  })
})
