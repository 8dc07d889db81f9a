import { join } from 'node:path'
import { z } from 'zod'
import { SourceOverrides } from '../../../shared/model/source.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = z.object({ overrides: z.record(z.string(), SourceOverrides) })
type Stored = z.infer<typeof Stored>

/** What a source has where the admin said nothing. */
export const noOverrides: SourceOverrides = {
  addPaths: [],
  removePaths: [],
  addDatabases: [],
  removeDatabases: [],
  addMail: [],
  removeMail: [],
  exclude: [],
  nobackupTag: false,
  accept: [],
}

const keyOf = (serverId: string, source: string): string => `${serverId}/${source}`

/** What the admin decided, by server id and source name. */
export class OverrideStore {
  readonly #document: Document<Stored>

  private constructor(document: Document<Stored>) {
    this.#document = document
  }

  static async open(folder: string, { log }: { readonly log: Log }): Promise<OverrideStore> {
    const file = join(folder, 'sources.json')
    return new OverrideStore(
      await openDocument({ file, schema: Stored, version: 1, migrations: {}, empty: { overrides: {} }, log }),
    )
  }

  /** Null where the admin said nothing about the source. */
  find(serverId: string, source: string): SourceOverrides | null {
    return this.#document.read().overrides[keyOf(serverId, source)] ?? null
  }

  async set(serverId: string, source: string, overrides: SourceOverrides): Promise<void> {
    await this.#document.update((stored) => ({
      overrides: { ...stored.overrides, [keyOf(serverId, source)]: overrides },
    }))
  }

  async forget(serverId: string): Promise<void> {
    await this.#document.update((stored) => ({
      overrides: Object.fromEntries(
        Object.entries(stored.overrides).filter(([key]) => !key.startsWith(`${serverId}/`)),
      ),
    }))
  }
}
