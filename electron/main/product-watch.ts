import { createClient, type Client } from '../../shared/client.ts'
import type { AppEvent } from '../../shared/events.ts'
import { ActiveJobs } from './active-jobs.ts'
import type { CoreLink } from './core-link.ts'
import { nothingKnown, readStanding, type Standing } from './standing.ts'

/** Events after which the tray's numbers may differ. */
const changing: readonly AppEvent['type'][] = [
  'catalog.changed',
  'servers.changed',
  'schedules.changed',
  'destinations.changed',
]

/** What the main process itself knows of the product: which jobs run, and how everything stands. */
export class ProductWatch {
  readonly client: Client
  readonly #jobs = new ActiveJobs()
  readonly #changed: (standing: Standing) => void
  #standing: Standing = nothingKnown
  #reading: Promise<void> = Promise.resolve()

  constructor(core: CoreLink, onChange: (standing: Standing) => void) {
    this.client = createClient(core)
    this.#changed = onChange
    core.onEvent((event) => this.#take(event))
    core.onState((state) => {
      if (state === 'lost') this.#jobs.forget()
      this.#tell()
    })
  }

  get standing(): Standing {
    return { ...this.#standing, jobs: this.#jobs.list }
  }

  /** Reads everything anew, as after a sleep in which events may have been missed. */
  readAgain(): void {
    this.#read(() => this.#readJobs())
    this.#read(() => this.#readStanding())
  }

  /** Resolves when what has been asked so far is known. */
  settled(): Promise<void> {
    return this.#reading
  }

  #take(event: AppEvent): void {
    const ended = this.#jobs.take(event)
    if (event.type === 'job.changed') this.#tell()
    if (event.type === 'resync') this.readAgain()
    else if (ended || changing.includes(event.type)) this.#read(() => this.#readStanding())
  }

  /** One after the other; a core that is just gone is asked again when it is back. */
  #read(read: () => Promise<void>): void {
    this.#reading = this.#reading.then(read).catch(() => undefined)
  }

  async #readJobs(): Promise<void> {
    const replace = this.#jobs.beginReplacing()
    const { jobs } = await this.client.call('jobs.list', {}).catch(() => ({ jobs: [] }))
    replace(jobs)
    this.#tell()
  }

  async #readStanding(): Promise<void> {
    this.#standing = { ...(await readStanding(this.client)), jobs: [] }
    this.#tell()
  }

  #tell(): void {
    this.#changed(this.standing)
  }
}
