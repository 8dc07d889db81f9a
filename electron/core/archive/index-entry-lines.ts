import type { ByteSource } from './byte-source.ts'
import { readIndexText } from './index-read.ts'

/** The line of an entry as it stands in an index, and the lines of its parts. */
export interface EntryText {
  readonly line: string
  readonly parts: readonly string[]
}

/** The entry lines of an index one after the other, for going through them beside the archive. */
export class IndexEntryLines implements AsyncDisposable {
  readonly #batches: AsyncIterator<readonly string[]>
  #lines: readonly string[] = []
  #at = 0
  #done = false

  constructor(index: ByteSource, { signal }: { readonly signal: AbortSignal }) {
    this.#batches = readIndexText(index, { signal })[Symbol.asyncIterator]()
  }

  /** Null after the last. Throws `corrupt` where the index is damaged. */
  async next(): Promise<EntryText | null> {
    const line = await this.#find((text) => text.startsWith('{"p"') || text.startsWith('{"b"'))
    if (line === null) return null
    const parts: string[] = []
    for (let part = await this.#part(); part !== null; part = await this.#part()) parts.push(part)
    return { line, parts }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches.return?.()
  }

  /** The next part line before the next entry. */
  async #part(): Promise<string | null> {
    for (let text = await this.#peek(); text !== null; text = await this.#peek()) {
      if (text.startsWith('{"p"') || text.startsWith('{"b"')) return null
      this.#at += 1
      if (text.startsWith('{"x"')) return text
    }
    return null
  }

  async #find(wanted: (text: string) => boolean): Promise<string | null> {
    for (let text = await this.#peek(); text !== null; text = await this.#peek()) {
      this.#at += 1
      if (wanted(text)) return text
    }
    return null
  }

  async #peek(): Promise<string | null> {
    while (this.#at >= this.#lines.length && !this.#done) {
      const step = await this.#batches.next()
      if (step.done === true) this.#done = true
      else this.#lines = step.value
      this.#at = 0
    }
    return this.#done ? null : (this.#lines[this.#at] ?? null)
  }
}
