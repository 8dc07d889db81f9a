import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { DesktopRequest } from '../../shared/desktop.ts'
import { contract } from '../../shared/contract.ts'
import { channel, openChannels, openRpc } from './rpc.ts'
import { invokeFrom, type Frame } from './testing/electron.ts'

const ours: Frame = { url: 'app://holdfast/', origin: 'app://holdfast', parent: null }
const reached: unknown[] = []

beforeAll(() => {
  openRpc(async (method, input) => {
    reached.push({ method, input })
    return { ok: true, value: null }
  })
  openChannels({
    desktop: channel({
      danger: 'changes',
      input: DesktopRequest,
      answer: (asked) => void reached.push(asked),
    }),
  })
})
beforeEach(() => void reached.splice(0))

/** Frames that are not the top of our own page. */
const frames: readonly (readonly [string, Frame | null])[] = [
  ['a frame that is gone', null],
  ['a frame inside our page', { ...ours, parent: ours }],
  ['a foreign page', { url: 'https://evil.example/', origin: 'https://evil.example', parent: null }],
  ['a page of another host of our scheme', { url: 'app://evil/', origin: 'app://evil', parent: null }],
  ['our address with a sandboxed origin', { ...ours, origin: 'null' }],
  ['an empty page', { url: 'about:blank', origin: 'app://holdfast', parent: null }],
]

describe.each(frames)('%s', (_name, frame) => {
  test('reaches no channel', async () => {
    expect(await invokeFrom(frame, 'rpc', { method: 'servers.list', input: {} })).toMatchObject({
      ok: false,
      error: { code: 'permission-denied' },
    })
    await expect(invokeFrom(frame, 'desktop', { ask: 'read-preferences' })).rejects.toMatchObject({
      code: 'permission-denied',
    })
    expect(reached).toEqual([])
  })
})

test('our page reaches both', async () => {
  await invokeFrom(ours, 'rpc', { method: 'servers.list', input: {} })
  await invokeFrom(ours, 'desktop', { ask: 'read-preferences' })
  expect(reached).toEqual([{ method: 'servers.list', input: {} }, { ask: 'read-preferences' }])
})

describe('a value that no page of ours sends', () => {
  const cycle: Record<string, unknown> = { method: 'servers.list' }
  cycle['input'] = cycle
  test.each<readonly [string, readonly unknown[]]>([
    ['nothing', []],
    ['two values', [{ method: 'servers.list', input: {} }, {}]],
    ['a key more', [{ method: 'servers.list', input: {}, caller: 'cli' }]],
    ['a prototype', [JSON.parse('{"method":"servers.list","input":{},"__proto__":{"a":1}}')]],
    ['a number', [{ method: 7, input: {} }]],
    ['a list', [['servers.list', {}]]],
    ['a name of a million characters', [{ method: 'x'.repeat(1_000_000), input: {} }]],
    ['five million characters', [{ method: 'servers.list', input: 'x'.repeat(5_000_000) }]],
    ['a cycle', [cycle]],
    ['a whole number beyond JSON', [{ method: 'servers.list', input: 1n }]],
  ])('%s is refused', async (_name, given) => {
    expect(await invokeFrom(ours, 'rpc', ...given)).toMatchObject({
      ok: false,
      error: { code: 'invalid-input' },
    })
    expect(reached).toEqual([])
  })
})

test('whatever is sent, the channels refuse or pass on plain values, and nothing breaks', async () => {
  const methods = fc.constantFrom(...Object.keys(contract), 'toString', '__proto__', 'constructor')
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
  const call = fc.oneof(fc.record({ method: methods, input: anything }), anything)
  await fc.assert(
    fc.asyncProperty(call, fc.constantFrom('rpc', 'desktop'), async (value, name) => {
      reached.splice(0)
      const answer = await invokeFrom(ours, name, value).then(
        (reply) => reply as { readonly ok?: boolean; readonly error?: { readonly code: string } } | undefined,
        (error: unknown) => ({ ok: false, error: error as { readonly code: string } }),
      )
      if (reached.length === 0) expect(answer?.error?.code).toBe('invalid-input')
      else expect(JSON.parse(JSON.stringify(reached))).toEqual(reached)
      expect(({} as { readonly a?: unknown }).a).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})
