import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { Server, Survey } from '../../../shared/model/server.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Profiles = z.object({
  servers: z.array(Server),
  /** By server id: what was learned last. */
  surveys: z.record(z.string(), Survey),
})
type Profiles = z.infer<typeof Profiles>

/** The profiles of all servers, in the order in which they were added. */
export class ServerProfiles {
  readonly #document: Document<Profiles>
  readonly #events: EventBus

  private constructor(document: Document<Profiles>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<ServerProfiles> {
    const document = await openDocument({
      file: join(folder, 'servers.json'),
      schema: Profiles,
      version: 1,
      migrations: {},
      empty: { servers: [], surveys: {} },
      log,
    })
    return new ServerProfiles(document, events)
  }

  list(): readonly Server[] {
    return this.#document.read().servers
  }

  /** Throws `not-found`. */
  get(name: string): Server {
    const server = this.list().find((each) => each.name === name)
    if (!server)
      throw new AppError('not-found', `There is no server called ${name}. See: holdfast server list`)
    return server
  }

  survey(id: string): Survey | null {
    return this.#document.read().surveys[id] ?? null
  }

  /** Throws `conflict` where another profile has the name. */
  refuseTaken(server: Server): void {
    refuseTaken(this.list(), server)
  }

  /** Throws `conflict` where the name is taken. */
  async add(server: Server): Promise<void> {
    await this.#change(({ servers, surveys }) => {
      refuseTaken(servers, server)
      return { servers: [...servers, server], surveys }
    })
  }

  /** Replaces the profile with the same id. Throws `not-found`, `conflict`. */
  async replace(server: Server): Promise<void> {
    await this.#change(({ servers, surveys }) => {
      if (!servers.some(({ id }) => id === server.id))
        throw new AppError('not-found', 'That server was removed meanwhile.')
      refuseTaken(servers, server)
      return { servers: servers.map((each) => (each.id === server.id ? server : each)), surveys }
    })
  }

  async remove(id: string): Promise<void> {
    await this.#change(({ servers, surveys }) => ({
      servers: servers.filter((each) => each.id !== id),
      surveys: Object.fromEntries(Object.entries(surveys).filter(([key]) => key !== id)),
    }))
  }

  async learned(id: string, survey: Survey): Promise<void> {
    await this.#change(({ servers, surveys }) => ({ servers, surveys: { ...surveys, [id]: survey } }))
  }

  async #change(change: (current: Profiles) => Profiles): Promise<void> {
    await this.#document.update(change)
    this.#events.publish({ type: 'servers.changed' })
  }
}

function refuseTaken(servers: readonly Server[], server: Server): void {
  if (servers.some(({ id, name }) => name === server.name && id !== server.id)) {
    throw new AppError(
      'conflict',
      `A server called ${server.name} exists already. Nothing was changed; choose another name.`,
    )
  }
}
