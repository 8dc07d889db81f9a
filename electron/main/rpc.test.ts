import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { DesktopRequest } from '../../shared/desktop.ts'
import { contract } from '../../shared/contract.ts'
import { channel, openChannels, openRpc } from './rpc.ts'
import { invokeFrom, type Frame } from './testing/electron.ts'

const ours: Frame = { url: 'app://holdfast/', origin: 'app://holdfast', parent: null }
const reached: unknown[] = []
const signals: AbortSignal[] = []
const id = '0190a5a0-0000-4000-8000-000000000001'

beforeAll(() => {
  openRpc(async (method, input, { signal }) => {
    reached.push({ method, input })
    signals.push(signal)
    if (method === 'wait') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      return { ok: true, value: 'ended' }
    }
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
    await expect(invokeFrom(frame, 'cancel', { id })).rejects.toMatchObject({ code: 'permission-denied' })
    expect(reached).toEqual([])
  })
})

test('our page reaches both', async () => {
  await invokeFrom(ours, 'rpc', { method: 'servers.list', input: {} })
  await invokeFrom(ours, 'desktop', { ask: 'read-preferences' })
  expect(reached).toEqual([{ method: 'servers.list', input: {} }, { ask: 'read-preferences' }])
})

test('a call is cancelled by its own id, and by no other', async () => {
  const call = invokeFrom(ours, 'rpc', { method: 'wait', input: {}, id })
  await invokeFrom(ours, 'cancel', { id: id.replace(/1$/, '2') })
  expect(signals.at(-1)?.aborted).toBe(false)
  await invokeFrom(ours, 'cancel', { id })
  expect(await call).toEqual({ ok: true, value: 'ended' })
  await invokeFrom(ours, 'cancel', { id })
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
