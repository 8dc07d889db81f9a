import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Job, JobLogLine } from '../../../shared/model/job.ts'
import type { Log } from '../ports.ts'
import { writeFileAtomically } from '../store/atomic-file.ts'
import type { JobRecord } from './job-context.ts'

const Stored = z.object({
  version: z.literal(1),
  job: Job,
  claims: z.array(z.object({ destination: z.string(), key: z.string(), tried: z.boolean().default(false) })),
})

/** Jobs that are kept; older ones and their logs are removed when the store is opened. */
const kept = 500

/**
 * The history of jobs: one file a job, replaced as a whole at each change of state, and one log beside it. What
 * cannot be read is left where it is and not listed.
 */
export class JobStore {
  readonly #folder: string
  readonly #log: Log
  readonly #records = new Map<string, JobRecord>()
  /** Ends of the writes under way, by job: later ones wait for earlier ones. */
  readonly #writes = new Map<string, Promise<void>>()

  private constructor(folder: string, log: Log) {
    this.#folder = folder
    this.#log = log
  }

  /** Opens the history in `folder`, which is made where it is missing. */
  static async open(folder: string, { log }: { readonly log: Log }): Promise<JobStore> {
    const store = new JobStore(folder, log)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
    for (const name of names.slice(-kept)) await store.#load(name)
    for (const name of names.slice(0, -kept)) await store.#forget(name.slice(0, -'.json'.length))
    return store
  }

  /** Newest first. */
  list(): readonly JobRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.job.id < b.job.id ? 1 : -1))
  }

  get(id: string): JobRecord | undefined {
    return this.#records.get(id)
  }

  /** Resolves when the record is on disk; the memory has it at once. */
  async save(record: JobRecord): Promise<void> {
    const { id } = record.job
    this.#records.set(id, record)
    await this.#after(id, async () => {
      const latest = this.#records.get(id) ?? record
      await writeFileAtomically(join(this.#folder, `${id}.json`), JSON.stringify({ version: 1, ...latest }))
    })
  }

  /** Adds a line to a job's log. A line that cannot be written is lost, and the host's log says so. */
  append(id: string, line: JobLogLine): void {
    void this.#after(id, () =>
      appendFile(join(this.#folder, `${id}.log`), `${JSON.stringify(line)}\n`, { mode: 0o600 }),
    ).catch((error: unknown) => {
      this.#log.write('warning', 'A line of a job log could not be written', { id, error: String(error) })
    })
  }

  /** The lines that were written whole. */
  async log(id: string): Promise<readonly JobLogLine[]> {
    await this.#writes.get(id)?.catch(() => undefined)
    if (!this.#records.has(id)) return []
    const text = await readFile(join(this.#folder, `${id}.log`), 'utf8').catch(() => '')
    return text.split('\n').flatMap((line) => {
      const parsed = JobLogLine.safeParse(parseJson(line))
      return parsed.success ? [parsed.data] : []
    })
  }

  #after(id: string, write: () => Promise<void>): Promise<void> {
    const next = (this.#writes.get(id) ?? Promise.resolve()).catch(() => undefined).then(write)
    this.#writes.set(id, next)
    return next
  }

  async #load(name: string): Promise<void> {
    const parsed = Stored.safeParse(parseJson(await readFile(join(this.#folder, name), 'utf8')))
    if (parsed.success)
      this.#records.set(parsed.data.job.id, { job: parsed.data.job, claims: parsed.data.claims })
    else this.#log.write('warning', 'A job record could not be read; it stays where it is', { name })
  }

  async #forget(id: string): Promise<void> {
    await rm(join(this.#folder, `${id}.json`), { force: true })
    await rm(join(this.#folder, `${id}.log`), { force: true })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
