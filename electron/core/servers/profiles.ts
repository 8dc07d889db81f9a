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
  /** Ids that a server has at destinations, given by another laptop, and the id of its profile here. */
  aliases: z.record(z.string(), z.string()).default({}),
  /** By server id: the names of the sources that were found last. */
  sources: z.record(z.string(), z.array(z.string())).default({}),
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
      empty: { servers: [], surveys: {}, aliases: {}, sources: {} },
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

  /** Names of the sources that were found on the server last; none where nobody looked yet. */
  sources(id: string): readonly string[] {
    return this.#document.read().sources[id] ?? []
  }

  /** Throws `conflict` where another profile has the name. */
  refuseTaken(server: Server): void {
    refuseTaken(this.list(), server)
  }

  /** Throws `conflict` where the name is taken. */
  async add(server: Server): Promise<void> {
    await this.#change(({ servers, ...rest }) => {
      refuseTaken(servers, server)
      return { servers: [...servers, server], ...rest }
    })
  }

  /** Replaces the profile with the same id. Throws `not-found`, `conflict`. */
  async replace(server: Server): Promise<void> {
    await this.#change(({ servers, ...rest }) => {
      if (!servers.some(({ id }) => id === server.id))
        throw new AppError('not-found', 'That server was removed meanwhile.')
      refuseTaken(servers, server)
      return { servers: servers.map((each) => (each.id === server.id ? server : each)), ...rest }
    })
  }

  async remove(id: string): Promise<void> {
    await this.#change(({ servers, surveys, aliases, sources }) => ({
      servers: servers.filter((each) => each.id !== id),
      aliases: Object.fromEntries(Object.entries(aliases).filter(([, known]) => known !== id)),
      surveys: Object.fromEntries(Object.entries(surveys).filter(([key]) => key !== id)),
      sources: Object.fromEntries(Object.entries(sources).filter(([key]) => key !== id)),
    }))
  }

  async learned(id: string, survey: Survey): Promise<void> {
    await this.#change(({ surveys, ...rest }) => ({ ...rest, surveys: { ...surveys, [id]: survey } }))
  }

  /** Remembers what a look at the server found. */
  async found(id: string, found: readonly { readonly name: string }[]): Promise<void> {
    const names = found.map(({ name }) => name)
    await this.#change(({ sources, ...rest }) => ({ ...rest, sources: { ...sources, [id]: names } }))
  }

  /** The profile of a server by its id here or at a destination, or null. */
  named(id: string): Server | null {
    const own = this.#document.read().aliases[id] ?? id
    return this.list().find((server) => server.id === own) ?? null
  }

  /** Remembers that a server has another id at a destination. */
  async knownAs(alias: string, id: string): Promise<void> {
    if (alias === id || this.#document.read().aliases[alias] === id) return
    await this.#change(({ aliases, ...rest }) => ({ ...rest, aliases: { ...aliases, [alias]: id } }))
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
