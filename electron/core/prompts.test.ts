import { expect, test } from 'vitest'
import type { AppEvent } from '../../shared/events.ts'
import { EventBus } from './event-bus.ts'
import type { Clock } from './ports.ts'
import { Prompts } from './prompts.ts'
import { Secret } from './secrets/secret.ts'

const question = { server: 'web1', instructions: 'Two factors', text: 'Code: ', echo: false }
const { signal } = new AbortController()

function setUp({ sleep }: { readonly sleep: Clock['sleep'] }) {
  const events = new EventBus()
  const clock: Clock = { now: () => new Date(0), monotonic: () => 0, sleep }
  return { events, prompts: new Prompts({ events, clock }) }
}

/** A clock on which time passes only when the wait is given up. */
const endless: Clock['sleep'] = (_ms, options) =>
  new Promise((_, reject) => options.signal.addEventListener('abort', () => reject(new Error('given up'))))

test('a question reaches whoever listens, and the answer comes back once', async () => {
  const { events, prompts } = setUp({ sleep: endless })
  const asked: AppEvent[] = []
  events.subscribe((event) => asked.push(event), { after: null })
  const answer = prompts.ask(question, { signal })
  const [open] = prompts.list()
  expect(asked).toMatchObject([{ type: 'prompt.asked', prompt: { ...question, id: open?.id } }])
  prompts.answer(open!.id, new Secret('123456'))
  expect((await answer)?.reveal()).toBe('123456')
  expect(prompts.list()).toEqual([])
  expect(asked).toMatchObject([{ type: 'prompt.asked' }, { type: 'prompt.ended', id: open?.id }])
  expect(() => prompts.answer(open!.id, null)).toThrow('Nobody waits')
})

test('where nobody listens, or nobody answers in time, there is no answer', async () => {
  const alone = setUp({ sleep: endless })
  expect(await alone.prompts.ask(question, { signal })).toBeNull()
  const slow = setUp({ sleep: () => Promise.resolve() })
  slow.events.subscribe(() => undefined, { after: null })
  expect(await slow.prompts.ask(question, { signal })).toBeNull()
  expect(slow.prompts.list()).toEqual([])
})

test('a cancelled login waits for no answer', async () => {
  const { events, prompts } = setUp({ sleep: endless })
  events.subscribe(() => undefined, { after: null })
  const controller = new AbortController()
  const answer = prompts.ask(question, { signal: controller.signal })
  const ended: string[] = []
  events.subscribe(({ type }) => ended.push(type), { after: null })
  controller.abort()
  expect(await answer).toBeNull()
  expect(ended).toEqual(['prompt.ended'])
})
