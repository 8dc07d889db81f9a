import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { Instant } from '../../../shared/model/name.ts'
import { RestorePlan } from '../../../shared/model/restore-plan.ts'
import { RestoreReport } from '../../../shared/model/restore-report.ts'
import { RestoreRequest } from '../../../shared/model/restore.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

/** How far a step has come. Written before the step goes on, so a crash leaves at worst a state too early. */
export const StepState = z.enum([
  'waiting',
  'preparing',
  'prepared',
  'applying',
  'applied',
  'committing',
  'committed',
  'rolling-back',
  'rolled-back',
])
export type StepState = z.infer<typeof StepState>

/** All that is needed to go on with a restore, or to take it back, when nothing else is left of it. */
export const JournalEntry = z.object({
  job: z.string(),
  startedAt: Instant,
  /**
   * `running`: steps are under way, or a crash ended them; `committing`: everything is checked and only what was there
   * before is still to be let go; the rest are ends.
   */
  phase: z.enum(['running', 'committing', 'restored', 'rolled-back']),
  request: RestoreRequest,
  plan: RestorePlan,
  mark: z.string(),
  safetyBackup: z.string().nullable(),
  steps: z.record(z.string(), z.object({ state: StepState, facts: z.record(z.string(), z.unknown()) })),
  report: RestoreReport.nullable(),
  undoneBy: z.string().nullable(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/** The journal of one restore, on this computer's disk before anything that it tells of happens. */
export class RestoreJournal {
  readonly #document: Document<JournalEntry | null>

  constructor(document: Document<JournalEntry | null>) {
    this.#document = document
  }

  get entry(): JournalEntry {
    const entry = this.#document.read()
    if (entry === null) throw new AppError('internal', 'The journal of a restore is empty.')
    return entry
  }

  /** Resolves when the change is on disk. */
  async update(change: Partial<JournalEntry>): Promise<void> {
    await this.#document.update(() => ({ ...this.entry, ...change }))
  }

  async step(
    id: string,
    state: StepState | null,
    facts: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.#document.update(() => {
      const { steps } = this.entry
      const before = steps[id] ?? { state: 'waiting' as const, facts: {} }
      return {
        ...this.entry,
        steps: { ...steps, [id]: { state: state ?? before.state, facts: { ...before.facts, ...facts } } },
      }
    })
  }
}

/** The journals of all restores, a file each, in a folder of the data folder. */
export class RestoreJournals {
  readonly #folder: string
  readonly #log: Log
  readonly #journals = new Map<string, RestoreJournal>()

  private constructor(folder: string, log: Log) {
    this.#folder = folder
    this.#log = log
  }

  /** Reads what is there. A journal that cannot be read stays where it is, and the log names it. */
  static async open(folder: string, { log }: { readonly log: Log }): Promise<RestoreJournals> {
    const journals = new RestoreJournals(folder, log)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(folder)) {
      const job = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1]
      if (job === undefined) continue
      try {
        const journal = new RestoreJournal(await journals.#document(job))
        if (journal.entry.job === job) journals.#journals.set(job, journal)
      } catch (error) {
        log.write('error', 'The journal of a restore cannot be read; it stays where it is', {
          name,
          error: String(error),
        })
      }
    }
    return journals
  }

  /** Newest first. */
  list(): readonly RestoreJournal[] {
    return [...this.#journals.values()].sort((a, b) => (a.entry.job < b.entry.job ? 1 : -1))
  }

  /** Throws `not-found`. */
  get(job: string): RestoreJournal {
    const journal = this.#journals.get(job)
    if (journal) return journal
    throw new AppError('not-found', `There is no restore ${job}. See: holdfast jobs`)
  }

  /** Begins a journal; it is on disk when this resolves. */
  async begin(entry: JournalEntry): Promise<RestoreJournal> {
    const document = await this.#document(entry.job)
    await document.update(() => entry)
    const journal = new RestoreJournal(document)
    this.#journals.set(entry.job, journal)
    return journal
  }

  #document(job: string): Promise<Document<JournalEntry | null>> {
    return openDocument({
      file: join(this.#folder, `${job}.json`),
      schema: JournalEntry.nullable(),
      version: 1,
      migrations: {},
      empty: null,
      log: this.#log,
    })
  }
}
