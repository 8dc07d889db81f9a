import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Look } from '../../../shared/model/fleet.ts'
import { Id } from '../../../shared/model/name.ts'
import type { Discovery } from '../../../shared/model/source.ts'
import type { Clock, Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = Look.nullable()

/** What the last look at each server found, so that it can be shown without a network. */
export class LastLooks {
  readonly #folder: string
  readonly #ports: { readonly log: Log; readonly clock: Pick<Clock, 'now'> }
  readonly #documents = new Map<string, Document<Look | null>>()

  private constructor(folder: string, ports: { readonly log: Log; readonly clock: Pick<Clock, 'now'> }) {
    this.#folder = folder
    this.#ports = ports
  }

  /** Reads what is there for the servers of these ids. */
  static async open(
    folder: string,
    {
      ids,
      ...ports
    }: { readonly ids: readonly string[]; readonly log: Log; readonly clock: Pick<Clock, 'now'> },
  ): Promise<LastLooks> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const looks = new LastLooks(folder, ports)
    for (const id of ids) await looks.#document(id)
    return looks
  }

  /** Null where nobody looked at the server yet. */
  of(id: string): Look | null {
    return this.#documents.get(id)?.read() ?? null
  }

  async keep(id: string, discovery: Discovery): Promise<void> {
    const at = this.#ports.clock.now().toISOString()
    await (await this.#document(id)).update(() => ({ at, discovery }))
  }

  async forget(id: string): Promise<void> {
    this.#documents.delete(id)
    const file = this.#file(id)
    for (const path of [file, `${file}.bak`]) await rm(path, { force: true })
  }

  #file(id: string): string {
    return join(this.#folder, `${Id.parse(id)}.json`)
  }

  async #document(id: string): Promise<Document<Look | null>> {
    const known = this.#documents.get(id)
    if (known !== undefined) return known
    const document = await openDocument({
      file: this.#file(id),
      schema: Stored,
      version: 1,
      migrations: {},
      empty: null,
      rebuildable: true,
      log: this.#ports.log,
    })
    this.#documents.set(id, document)
    return document
  }
}
