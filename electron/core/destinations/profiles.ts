import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { DestinationProfile } from '../../../shared/model/destination.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = z.object({ destinations: z.array(DestinationProfile) })
type Stored = z.infer<typeof Stored>

/** The profiles of all destinations, in the order in which they were added. */
export class DestinationProfiles {
  readonly #document: Document<Stored>
  readonly #events: EventBus

  private constructor(document: Document<Stored>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<DestinationProfiles> {
    const file = join(folder, 'destinations.json')
    const document = await openDocument({
      file,
      schema: Stored,
      version: 1,
      migrations: {},
      empty: { destinations: [] },
      log,
    })
    return new DestinationProfiles(document, events)
  }

  list(): readonly DestinationProfile[] {
    return this.#document.read().destinations
  }

  /** Throws `not-found`. */
  get(name: string): DestinationProfile {
    const found = this.list().find((each) => each.name === name)
    if (!found)
      throw new AppError(
        'not-found',
        `There is no destination called ${name}. See: holdfast destination list`,
      )
    return found
  }

  /** Throws `conflict` where another profile has the name or the folder. */
  refuseTaken(profile: DestinationProfile): void {
    refuseTaken(this.list(), profile)
  }

  /** Throws `conflict` where the name is taken, or the folder is one already. */
  async add(profile: DestinationProfile): Promise<void> {
    await this.#change((destinations) => {
      refuseTaken(destinations, profile)
      return [...destinations, profile]
    })
  }

  async remove(id: string): Promise<void> {
    await this.#change((destinations) => destinations.filter((each) => each.id !== id))
  }

  async #change(change: (current: readonly DestinationProfile[]) => DestinationProfile[]): Promise<void> {
    await this.#document.update(({ destinations }) => ({ destinations: change(destinations) }))
    this.#events.publish({ type: 'destinations.changed' })
  }
}

function refuseTaken(destinations: readonly DestinationProfile[], profile: DestinationProfile): void {
  if (destinations.some(({ name, path }) => name === profile.name || path === profile.path)) {
    throw new AppError(
      'conflict',
      `A destination with the name ${profile.name} or the folder ${profile.path} exists already. Nothing was changed.`,
    )
  }
}
