import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contract, type Method } from '../../shared/contract.ts'
import { createApp, type App } from './app.ts'
import { dispatch, type Handlers } from './dispatch.ts'
import { createHandlers } from './handlers.ts'
import { openMemorySecrets } from './secrets/memory.ts'

let folder: string
let app: App
let handlers: Handlers
/** What the log was told of errors that nobody expects. */
const unexpected: unknown[] = []
const log = { write: (...line: unknown[]) => void unexpected.push(line) }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'))
  app = await createApp({
    clock: {
      now: () => new Date(0),
      monotonic: () => performance.now(),
      sleep: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    },
    ...{
      log,
      dataFolder: join(folder, 'data'),
      backupFolder: join(folder, 'backups'),
      app: 'holdfast 0.1.0',
    },
    ...{ machine: null, keychain: openMemorySecrets(), passphraseFile: null },
  })
  handlers = createHandlers(app)
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const methods = Object.keys(contract) as Method[]
const words = fc.constantFrom(
  'alice',
  'web1',
  'web1/alice@latest',
  '..',
  '/etc/passwd',
  '',
  '\0',
  'x'.repeat(5000),
)
const leaf = fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null), fc.anything({ maxDepth: 2 }))
/** Inputs that have the keys of a method, with values of any kind. */
const inputOf = (method: Method) => {
  const shape = 'shape' in contract[method].input ? Object.keys(contract[method].input.shape) : []
  const keys = [...shape, '__proto__', 'more']
  return fc.oneof(fc.dictionary(fc.constantFrom(...keys), leaf), fc.anything({ maxDepth: 2 }))
}

test.each(methods)('%s refuses or answers whatever it is given, and never breaks', async (method) => {
  const { signal } = new AbortController()
  const { kind, input: schema } = contract[method]
  await fc.assert(
    fc.asyncProperty(inputOf(method), async (input) => {
      // What is right would begin something: that is for the tests of the method.
      if (kind === 'command' && schema.safeParse(input).success) return
      if (method === 'servers.scan' && schema.safeParse(input).success) return
      const reply = await dispatch(handlers, { method, input }, { caller: 'browser', signal, log })
      if (!reply.ok) expect(reply.error.code).not.toBe('internal')
    }),
    { numRuns: 60 },
  )
  expect(unexpected).toEqual([])
})
