import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { describePlace } from '../../../shared/destination-place.ts'
import { DestinationProfile } from '../../../shared/model/destination.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'
import type { RateLimit } from '../throttle.ts'
import type { DestinationAccess } from './access.ts'
import type { Destination } from './destination.ts'

const Stored = z.object({ destinations: z.array(DestinationProfile) })
type Stored = z.infer<typeof Stored>

/** The profiles of all destinations, in the order in which they were added. */
export class DestinationProfiles {
  readonly #document: Document<Stored>
  readonly #events: EventBus
  readonly #access: DestinationAccess

  private constructor(document: Document<Stored>, events: EventBus, access: DestinationAccess) {
    this.#document = document
    this.#events = events
    this.#access = access
  }

  static async open(
    folder: string,
    {
      log,
      events,
      access,
    }: { readonly log: Log; readonly events: EventBus; readonly access: DestinationAccess },
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
    return new DestinationProfiles(document, events, access)
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

  /** Switches the encryption of new copies; what lies there stays as it is. Throws `not-found`. */
  async setEncrypted(name: string, encrypted: boolean): Promise<DestinationProfile> {
    const { id } = this.get(name)
    await this.#change((destinations) =>
      destinations.map((each) => (each.id === id ? { ...each, encrypted } : each)),
    )
    return this.get(name)
  }

  /** Opens the destination of this name. Throws `not-found`, and as `openDestination`. */
  async connect(
    name: string,
    options: { readonly signal: AbortSignal; readonly limit?: RateLimit | null },
  ): Promise<Destination> {
    return this.#access.open(this.get(name), options)
  }

  /** Throws `conflict` where another profile has the name or the place. */
  refuseTaken(profile: DestinationProfile): void {
    refuseTaken(this.list(), profile)
  }

  /** Throws `conflict` where the name is taken, or the place is one already. */
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
  const place = describePlace(profile)
  if (destinations.some((each) => each.name === profile.name || describePlace(each) === place)) {
    throw new AppError(
      'conflict',
      `A destination with the name ${profile.name} or the place ${place} exists already. Nothing was changed.`,
    )
  }
}
