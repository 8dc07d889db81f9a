import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { localConnection, localShell, posixShells } from './fixture.ts'
import type { UplinkCodec } from './script-input.ts'

const { signal } = new AbortController()

const big = randomBytes(5_000_003)
const digest = createHash('sha256').update(big).digest('hex')

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function give(
  body: string,
  input: AsyncIterable<Buffer>,
  options: {
    readonly command?: readonly [string, ...string[]]
    readonly uplink?: readonly UplinkCodec[]
  } = {},
) {
  const { command = ['/bin/sh', '-s'], uplink } = options
  const connection = localConnection({ login: command })
  const shell = await localShell({ body }, { connection, ...(uplink === undefined ? {} : { uplink }) })
  return shell.run('body', { signal, input })
}

describe.each(posixShells)('in $name', ({ command }) => {
  test.each([[['zstd']], [['gzip']], [[]]] as const)(
    'input arrives whole, compressed by %j',
    async (uplink) => {
      const body = 'code=0; hf_input sha256sum || code=$?; hf_rc input "$code"'
      const { output, codes } = await give(body, pieces(big, 70_001), { command, uplink })
      expect(codes.get('input')).toBe(0)
      expect(output.toString()).toBe(`${digest}  -\n`)
    },
  )

  test('no input at all is whole', async () => {
    const body = 'code=0; hf_input wc -c || code=$?; hf_rc input "$code"'
    const { output, codes } = await give(body, pieces(Buffer.alloc(0), 1), { command })
    expect([codes.get('input'), output.toString().trim()]).toEqual([0, '0'])
  })

  test('a command that fails in the middle does not wait for the rest', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Buffer> {
      for (; given < 10_000; given += 1) yield randomBytes(100_000)
    }
    const body = `code=0; hf_input sh -c 'head -c 1000 >/dev/null; exit 7' || code=$?; hf_rc input "$code"`
    const { codes } = await give(body, endless(), { command })
    expect(codes.get('input')).toBe(7)
    expect(given).toBeLessThan(10_000)
  })

  test('a command that leaves something unread still has whole input', async () => {
    const body = 'code=0; hf_input sh -c "head -c 10 >/dev/null" || code=$?; hf_rc input "$code"'
    const { codes } = await give(body, pieces(big, 100_000), { command })
    expect(codes.get('input')).toBe(0)
  })

  test('a script goes on after its input, and signs of life do not disturb it', async () => {
    const body = 'hf_input cat >/dev/null; sleep 0.5; printf later'
    const connection = localConnection({ login: command })
    const shell = await localShell({ body }, { connection, patience: { heartbeat: 150 } })
    const { output } = await shell.run('body', { signal, input: pieces(big, 100_000) })
    expect(output.toString()).toBe('later')
  })
})

test('input that fails stops the script before its command can take it for whole', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield randomBytes(100_000)
    throw new Error('the archive is damaged')
  }
  const body = 'hf_input cat >/dev/null && printf committed'
  await expect(give(body, failing())).rejects.toThrow('the archive is damaged')
})

test('a connection that breaks in the middle leaves the command without whole input', async () => {
  const shell = await localShell({ body: 'sleep 0.1' })
  const connection = localConnection()
  const marker = `/tmp/hf-input-${randomBytes(6).toString('hex')}`
  const broken = await localShell({ body: `hf_input cat >/dev/null && : >${marker}` }, { connection })
  let given = 0
  const input = Readable.from(
    (async function* () {
      for (;;) {
        yield randomBytes(50_000)
        given += 1
        if (given === 20) connection.lose(new Error('cable'))
      }
    })(),
  )
  await expect(broken.run('body', { signal, input })).rejects.toThrow()
  await shell.run('body', { signal })
  await expect(import('node:fs/promises').then((fs) => fs.stat(marker))).rejects.toThrow()
})
