import { join } from 'node:path'
import { defaultPreferences } from '../../shared/default-preferences.ts'
import { Preferences } from '../../shared/model/preferences.ts'
import type { EventBus } from './event-bus.ts'
import type { Log } from './ports.ts'
import { openDocument, type Document } from './store/document.ts'

/** How windows look, in `preferences.json` of the data folder. */
export class StoredPreferences {
  readonly #document: Document<Preferences>
  readonly #events: EventBus

  private constructor(document: Document<Preferences>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  /** Where the file cannot be read, the defaults: a look is no reason to refuse work. */
  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<StoredPreferences> {
    const document = await openDocument({
      ...{ file: join(folder, 'preferences.json'), schema: Preferences, version: 1, migrations: {}, log },
      ...{ empty: defaultPreferences, rebuildable: true },
    })
    return new StoredPreferences(document, events)
  }

  read(): Preferences {
    return this.#document.read()
  }

  async set(preferences: Preferences): Promise<void> {
    await this.#document.update(() => preferences)
    this.#events.publish({ type: 'preferences.changed' })
  }
}
