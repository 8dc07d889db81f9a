import { v7 as uuid } from 'uuid'
import { AppError, toWire } from '../../../shared/errors.ts'
import type { Alert, AlertChannel, AlertDelivery } from '../../../shared/model/alert.ts'
import { needsAttention, type ScheduleRun } from '../../../shared/model/schedule-run.ts'
import type { Clock, Log } from '../ports.ts'
import type { AlertChannels } from './alert-channels.ts'
import type { AlertOutbox, OutboxState, Waiting } from './alert-outbox.ts'
import { alertOfTroubled, findingOfRun, type Finding, type Troubled } from './alert-text.ts'

export interface AlertParts {
  readonly clock: Clock
  readonly log: Log
  readonly channels: AlertChannels
  readonly outbox: AlertOutbox
  /** Tells one channel. Throws `AppError`, without a secret in it. */
  readonly send: (alert: Alert, channel: AlertChannel) => Promise<void>
  /** Sources that need a person now. */
  readonly troubled: (now: Date) => readonly Troubled[]
  /** Runs of all schedules. */
  readonly runs: () => readonly ScheduleRun[]
}

const minute = 60_000
const day = 24 * 60 * minute
/** Between two attempts to tell somebody: after the last it is given up, a day and a half after the first. */
const pauses = [1, 5, 15, 60, 240, 480, 720, 720].map((minutes) => minutes * minute)
/** How often a host that stays looks. */
const pause = minute
/** What was told about a run is remembered so long. */
const remembered = 60 * day

/**
 * Tells people what needs them: each thing once to each channel that wants its kind, tried again with growing pauses
 * where it did not arrive. Never throws for what could not be told; the log and the channel's row say so.
 */
export class Alerts {
  readonly #parts: AlertParts
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: AlertParts) {
    this.#parts = parts
  }

  /** A run has ended: tells what there is to tell, and resolves when that was tried. */
  async runEnded(run: ScheduleRun): Promise<void> {
    const finding = findingOfRun(run)
    if (finding !== null) await this.#next(() => this.#raise([finding]))
  }

  /** Looks once at what needs a person, and tries what waits. */
  async look(): Promise<void> {
    if (this.#parts.channels.list().length === 0) return
    await this.#next(async () => {
      const now = this.#parts.clock.now()
      const troubled = this.#parts.troubled(now)
      await this.#forgetWell(troubled, now)
      await this.#raise([...this.#badRuns(), ...this.#news(troubled)])
    })
  }

  /** Looks again and again until the signal ends it. For a host that stays; schedules catch up before the first look. */
  async watch({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    for (;;) {
      await this.#parts.clock.sleep(pause, { signal }).catch(() => undefined)
      if (signal.aborted) return
      await this.look()
    }
  }

  /** Sends a word to a channel now. */
  async test(channel: AlertChannel): Promise<AlertDelivery> {
    const alert: Alert = {
      ...{ id: uuid(), at: this.#parts.clock.now().toISOString(), kind: 'test', title: 'A test' },
      message: `This is how ${channel.name} is told when backups need a person. Nothing is wrong.`,
      ...{ schedule: null, sources: [] },
    }
    const error = await this.#try(alert, channel)
    const delivery = { at: alert.at, title: alert.title, error: error?.message ?? null, again: null }
    await this.#parts.outbox.change((state) => ({
      ...state,
      last: { ...state.last, [channel.id]: delivery },
    }))
    return delivery
  }

  /** What was to be told to a channel is not any more. */
  async forget(channelId: string): Promise<void> {
    await this.#parts.outbox.change(({ waiting, last, ...state }) => ({
      ...state,
      waiting: waiting.filter(({ channel }) => channel !== channelId),
      last: Object.fromEntries(Object.entries(last).filter(([id]) => id !== channelId)),
    }))
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const { log } = this.#parts
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      log.write('error', 'What needs a person could not be told', { error: String(error) })
    })
    await this.#turn
  }

  /** What a run came to is on disk before anybody is told: one of which nobody was, as the program ended, is found here. */
  #badRuns(): readonly Finding[] {
    const { runs, channels } = this.#parts
    const since = channels.list().map(({ addedAt }) => addedAt)
    return runs()
      .filter((run) => needsAttention(run) && since.some((at) => run.dueAt >= at))
      .flatMap((run) => findingOfRun(run) ?? [])
  }

  /** One finding for all that is newly troubled in the same way; the rest stand for it, so that they count as told. */
  #news(troubled: readonly Troubled[]): readonly Finding[] {
    const { told } = this.#parts.outbox.read()
    const fresh = troubled.filter(({ about }) => told[about] === undefined)
    return (['overdue', 'size-drop'] as const).flatMap((kind) => {
      const alert = alertOfTroubled(kind, fresh)
      const about = fresh.filter((each) => each.kind === kind).map((each) => each.about)
      return alert === null ? [] : [{ alert, about: about.join('\n') }]
    })
  }

  async #forgetWell(troubled: readonly Troubled[], now: Date): Promise<void> {
    const { outbox } = this.#parts
    const still = new Set(troubled.map(({ about }) => about))
    const old = new Date(now.getTime() - remembered).toISOString()
    const isGone = (about: string, at: string) => (about.startsWith('run/') ? at < old : !still.has(about))
    const entries = Object.entries(outbox.read().told)
    const left = entries.filter(([about, at]) => !isGone(about, at))
    if (left.length < entries.length)
      await outbox.change((state) => ({ ...state, told: Object.fromEntries(left) }))
  }

  async #raise(findings: readonly Finding[]): Promise<void> {
    const { outbox, channels, clock } = this.#parts
    const at = clock.now().toISOString()
    const added = (state: OutboxState, { about, alert: found }: Finding): OutboxState => {
      const wanting = channels.list().filter(({ kinds }) => kinds.includes(found.kind))
      const keys = about.split('\n')
      if (wanting.length === 0 || keys.every((key) => state.told[key] !== undefined)) return state
      const alert: Alert = { ...found, id: uuid(), at }
      const waiting = wanting.map(({ id }) => ({ alert, channel: id, attempts: 0, notBefore: at }))
      return {
        ...state,
        waiting: [...state.waiting, ...waiting],
        told: { ...state.told, ...Object.fromEntries(keys.map((key) => [key, at])) },
      }
    }
    const before = outbox.read()
    const after = findings.reduce(added, before)
    if (after !== before) await outbox.change((state) => findings.reduce(added, state))
    await this.#deliver()
  }

  async #deliver(): Promise<void> {
    const { outbox, channels, clock } = this.#parts
    const now = clock.now().toISOString()
    for (const waiting of outbox.read().waiting.filter(({ notBefore }) => notBefore <= now)) {
      const channel = channels.list().find(({ id }) => id === waiting.channel)
      const error = channel ? await this.#try(waiting.alert, channel) : null
      await this.#note(waiting, error)
    }
  }

  /** Null where it arrived. */
  async #try(alert: Alert, channel: AlertChannel): Promise<AppError | null> {
    try {
      await this.#parts.send(alert, channel)
      return null
    } catch (error) {
      const { code, message } = toWire(error)
      return new AppError(code, message)
    }
  }

  async #note({ alert, channel, attempts }: Waiting, error: AppError | null): Promise<void> {
    const { outbox, clock, log } = this.#parts
    const at = clock.now()
    const rest = pauses[attempts]
    const again = error === null || rest === undefined ? null : new Date(at.getTime() + rest).toISOString()
    if (error !== null) {
      const facts = { channel, kind: alert.kind, error: error.message, attempts: attempts + 1, again }
      log.write(again === null ? 'error' : 'warning', 'An alert could not be delivered', facts)
    }
    const isThis = (each: Waiting) => each.alert.id === alert.id && each.channel === channel
    await outbox.change((state) => ({
      ...state,
      waiting: state.waiting.flatMap((each) => {
        if (!isThis(each)) return [each]
        return again === null ? [] : [{ ...each, attempts: attempts + 1, notBefore: again }]
      }),
      last: {
        ...state.last,
        [channel]: { at: at.toISOString(), title: alert.title, error: error?.message ?? null, again },
      },
    }))
  }
}
