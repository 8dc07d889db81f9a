import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

/** What every journal has: the job that it is of, which names its file. */
interface Entry {
  readonly job: string
}

/** The journal of one job, on this computer's disk before anything that it tells of happens. */
export class Journal<E extends Entry> {
  readonly #document: Document<E | null>

  constructor(document: Document<E | null>) {
    this.#document = document
  }

  get entry(): E {
    const entry = this.#document.read()
    if (entry === null) throw new AppError('internal', 'The journal of a restore is empty.')
    return entry
  }

  /** Resolves when the change is on disk. */
  async update(change: Partial<E>): Promise<void> {
    await this.change(() => change)
  }

  /** The same with a change that depends on what is there by then. */
  protected async change(change: (entry: E) => Partial<E>): Promise<void> {
    await this.#document.update(() => ({ ...this.entry, ...change(this.entry) }))
  }
}

/** Journals of one kind, a file each, in a folder of the data folder. */
export class JournalFolder<E extends Entry, J extends Journal<E>> {
  readonly #folder: string
  readonly #log: Log
  readonly #schema: z.ZodType<E>
  readonly #open: (document: Document<E | null>) => J
  readonly #journals = new Map<string, J>()

  protected constructor(
    folder: string,
    options: {
      readonly log: Log
      readonly schema: z.ZodType<E>
      readonly open: (document: Document<E | null>) => J
    },
  ) {
    this.#folder = folder
    this.#log = options.log
    this.#schema = options.schema
    this.#open = options.open
  }

  /** Reads what is there. A journal that cannot be read stays where it is, and the log names it. */
  protected async read(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#folder)) {
      const job = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1]
      if (job === undefined) continue
      try {
        const journal = this.#open(await this.#document(job))
        if (journal.entry.job === job) this.#journals.set(job, journal)
      } catch (error) {
        this.#log.write('error', 'The journal of a restore cannot be read; it stays where it is', {
          name,
          error: String(error),
        })
      }
    }
  }

  /** Newest first. */
  list(): readonly J[] {
    return [...this.#journals.values()].sort((a, b) => (a.entry.job < b.entry.job ? 1 : -1))
  }

  find(job: string): J | null {
    return this.#journals.get(job) ?? null
  }

  /** Throws `not-found`. */
  get(job: string): J {
    const journal = this.find(job)
    if (journal) return journal
    throw new AppError('not-found', `There is no restore ${job}. See: holdfast jobs`)
  }

  /** Begins a journal; it is on disk when this resolves. */
  async begin(entry: E): Promise<J> {
    const document = await this.#document(entry.job)
    await document.update(() => entry)
    const journal = this.#open(document)
    this.#journals.set(entry.job, journal)
    return journal
  }

  #document(job: string): Promise<Document<E | null>> {
    const schema: z.ZodType<E | null> = this.#schema.nullable()
    return openDocument({
      file: join(this.#folder, `${job}.json`),
      schema,
      version: 1,
      migrations: {},
      empty: null,
      log: this.#log,
    })
  }
}
