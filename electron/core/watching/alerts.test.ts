import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AlertChannel } from '../../../shared/model/alert.ts'
import type { ScheduleRun } from '../../../shared/model/schedule-run.ts'
import { EventBus } from '../event-bus.ts'
import { SimulatedClock } from '../scheduler/testing/simulated-clock.ts'
import { openMemorySecrets } from '../secrets/memory.ts'
import type { Troubled } from './alert-text.ts'
import { openWatching, type Watching } from './open-watching.ts'
import { signatureOf } from './send-webhook.ts'
import { startHookServer, type HookServer } from './testing/hook-server.ts'
import { startMailServer, type MailServer } from './testing/mail-server.ts'

const minute = 60_000
const kinds = ['failed', 'partial', 'overdue', 'size-drop'] as const
const password = 'correct horse'
const signing = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

const run = (change: Partial<ScheduleRun>): ScheduleRun => ({
  ...{ id: uuid(), scheduleId: 's', schedule: 'nightly', manual: false, count: 1, late: false },
  ...{ firstDueAt: '2026-04-08T02:00:00.000Z', dueAt: '2026-04-08T02:00:00.000Z', state: 'failed' },
  ...{ notBefore: '2026-04-08T02:00:00.000Z', startedAt: null, finishedAt: null, attempts: 1 },
  ...{
    sources: [],
    vanished: [],
    error: { code: 'no-space', message: 'The disk is full.' },
    madeGoodAt: null,
  },
  ...change,
})
const overdue = (source: string): Troubled => ({
  ...{ kind: 'overdue', about: `overdue/s/${source}`, server: 'web1', source },
  newest: '2026-04-01T02:00:00.000Z',
})

describe('who is told', () => {
  let folder: string
  let clock: SimulatedClock
  let watching: Watching
  let mail: MailServer
  let hook: HookServer
  let troubled: readonly Troubled[]
  let runs: readonly ScheduleRun[]
  let lines: string[]
  const secrets = openMemorySecrets()

  const open = () =>
    openWatching(folder, {
      ...{ clock, events: new EventBus(), secrets },
      log: { write: (...line) => void lines.push(JSON.stringify(line)) },
      ...{ troubled: () => troubled, runs: () => runs },
    })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alerts-'))
    clock = new SimulatedClock('2026-04-08T01:00:00Z')
    ;[troubled, runs, lines] = [[], [], []]
    mail = await startMailServer({ password })
    hook = await startHookServer()
    watching = await open()
  })
  afterEach(async () => {
    await mail[Symbol.asyncDispose]()
    await hook[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const common = (name: string) => ({
    id: uuid(),
    name,
    addedAt: clock.now().toISOString(),
    kinds: [...kinds],
  })
  const add = async (channel: AlertChannel) => {
    await watching.secrets.keep(channel.id, { password, signing, header: 'Bearer h3ader' })
    await watching.channels.add(channel)
    return channel
  }
  const addMail = (change: Partial<Extract<AlertChannel, { kind: 'mail' }>> = {}) =>
    add({
      ...{ kind: 'mail', ...common('me'), host: '127.0.0.1', port: mail.port, security: 'starttls' },
      ...{ user: 'ops', from: 'ops@example.com', to: ['me@example.com', 'you@example.com'] },
      authority: mail.authority,
      ...change,
    })
  const addHook = (change: Partial<Extract<AlertChannel, { kind: 'webhook' }>> = {}) =>
    add({
      kind: 'webhook',
      ...common('chat'),
      url: hook.url,
      signed: true,
      header: 'Authorization',
      ...change,
    })
  const titles = () =>
    hook.hooks.map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title)
  const look = async (later = minute) => {
    clock.advance(later)
    await watching.alerts.look()
  }

  test('gets a mail, encrypted on its way, of a run that failed, and nothing of one that went well', async () => {
    await addMail()
    await watching.alerts.runEnded(run({ state: 'done', error: null }))
    await watching.alerts.runEnded(run({}))
    expect(mail.mails).toMatchObject([
      { to: ['me@example.com', 'you@example.com'], secure: true, user: 'ops' },
    ])
    expect(mail.mails[0]?.text).toMatch(
      /Subject: Holdfast: nightly failed[^]*The disk is full\.[^]*untouched/,
    )
  })

  test('gets a signed request that anybody with the secret can check', async () => {
    await addHook()
    const sources = [
      {
        server: 'web1',
        serverId: 's',
        source: 'bob',
        job: null,
        backupId: null,
        state: 'partial',
        error: null,
      },
    ] as const
    await watching.alerts.runEnded(run({ state: 'partial', error: null, sources: [...sources] }))
    const { headers, body } = hook.hooks[0]!
    const id = String(headers['webhook-id'])
    expect(headers['webhook-signature']).toBe(
      signatureOf(signing, { id, seconds: Number(headers['webhook-timestamp']), body }),
    )
    expect([headers.authorization, headers['content-type']]).toEqual(['Bearer h3ader', 'application/json'])
    expect(JSON.parse(body)).toMatchObject({
      type: 'holdfast.partial',
      data: { id, title: 'nightly finished with gaps', sources: [{ server: 'web1', source: 'bob' }] },
    })
  })

  test('the signature is that of Standard Webhooks', () => {
    const known = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' }
    expect(signatureOf(signing, known)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  test('is told once of what lasts, in one word for all, and again when it comes back', async () => {
    await addHook()
    troubled = [overdue('alice'), overdue('bob')]
    for (let n = 0; n < 5; n += 1) await look()
    watching = await open()
    await look()
    expect(titles()).toEqual(['2 sources have no recent backup'])
    troubled = [overdue('alice'), overdue('bob'), overdue('carol')]
    await look()
    troubled = [overdue('bob')]
    await look()
    troubled = [overdue('alice'), overdue('bob')]
    await look()
    await look()
    expect(titles().slice(1)).toEqual(['web1/carol has no recent backup', 'web1/alice has no recent backup'])
  })

  test('is told of runs that were missed since, and of backups that are suddenly small', async () => {
    runs = [run({ state: 'missed', dueAt: '2026-04-07T02:00:00.000Z' }), run({ state: 'missed', count: 2 })]
    await addHook()
    troubled = [{ ...overdue('alice'), kind: 'size-drop', about: 'size-drop/b1' }]
    await look()
    await look()
    expect(titles()).toEqual([
      '2 runs of nightly were missed',
      'The newest backup of web1/alice is much smaller than before',
    ])
  })

  test('is told at the next look of a run that failed where the program ended before it could say so, once', async () => {
    await addHook()
    const failed = run({})
    runs = [failed, run({ madeGoodAt: '2026-04-08T03:00:00.000Z' })]
    await look()
    expect(titles()).toEqual(['nightly failed'])
    await watching.alerts.runEnded(failed)
    await look()
    expect(titles()).toEqual(['nightly failed'])
  })

  test('wants some kinds only', async () => {
    await addHook({ kinds: ['overdue'] })
    await watching.alerts.runEnded(run({}))
    expect(hook.hooks).toEqual([])
  })

  test('that does not take it is tried again with growing pauses, also by the next program, and this is said', async () => {
    const channel = await addHook()
    hook.answer = { status: 503 }
    await watching.alerts.runEnded(run({}))
    await look()
    watching = await open()
    for (let n = 0; n < 4; n += 1) await look()
    expect(hook.hooks.length).toBe(2)
    expect(watching.outbox.read()).toMatchObject({
      waiting: [{ attempts: 2 }],
      last: { [channel.id]: { error: expect.stringContaining('503'), again: '2026-04-08T01:06:00.000Z' } },
    })
    hook.answer = { status: 200 }
    await look()
    await look()
    expect(titles()).toEqual(['nightly failed', 'nightly failed', 'nightly failed'])
    expect(watching.outbox.read()).toMatchObject({ waiting: [], last: { [channel.id]: { error: null } } })
    expect(new Set(hook.hooks.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(lines).toHaveLength(2)
  })

  test('that never takes it is given up after some days, in the log and with the channel', async () => {
    const channel = await addHook()
    hook.answer = { status: 500 }
    await watching.alerts.runEnded(run({}))
    for (let n = 0; n < 60; n += 1) await look(60 * minute)
    expect(hook.hooks.length).toBe(9)
    expect(watching.outbox.read()).toMatchObject({ waiting: [], last: { [channel.id]: { again: null } } })
    expect(lines.at(-1)).toMatch(/^\["error"/)
  })

  test('is never sent anything by way of a redirect', async () => {
    await using elsewhere = await startHookServer()
    const channel = await addHook()
    hook.answer = { status: 307, location: elsewhere.url }
    expect((await watching.alerts.test(channel)).error).toContain('leads elsewhere')
    expect(elsewhere.hooks).toEqual([])
  })

  test('is said why a mail does not arrive, without the password', async () => {
    const cases = [
      [{ authority: null }, 'TLS'],
      [{ port: 1 }, 'does not answer'],
      [{ user: 'somebody' }, 'refused the user or password'],
    ] as const
    for (const [at, [change, expected]] of cases.entries()) {
      const channel = await addMail({ name: `me${at}`, ...change })
      expect((await watching.alerts.test(channel)).error).toContain(expected)
    }
    mail.refusal = { code: 552 }
    expect((await watching.alerts.test(await addMail())).error).toContain('552')
    expect(mail.mails).toEqual([])
    const files = await Promise.all(
      ['alert-channels.json', 'alert-outbox.json'].map((name) => readFile(join(folder, name), 'utf8')),
    )
    expect([...files, ...lines].join()).not.toMatch(/correct horse|whsec_|h3ader/)
  })

  test('that is removed is told nothing more', async () => {
    const channel = await addHook()
    hook.answer = { status: 500 }
    await watching.alerts.runEnded(run({}))
    await watching.channels.remove(channel.id)
    await watching.alerts.forget(channel.id)
    await look(10 * minute)
    expect([hook.hooks.length, watching.outbox.read().waiting]).toEqual([1, []])
  })
})
