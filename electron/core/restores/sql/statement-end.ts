import type { Lexing } from './lexing.ts'

const endOfComment = Buffer.from('*/')
const newline = 10

/** Inside a statement: what the next byte belongs to. Else the quote. */
const outside = 0
const inLine = 1
const inComment = 2

/** Whether these bytes are at an offset, all of them. For short ones a loop is faster than a call out of the language. */
export function isHere(bytes: Buffer, data: Buffer, at: number): boolean {
  const { length } = bytes
  if (at + length > data.length) return false
  for (let i = 0; i < length; i += 1) if (data[at + i] !== bytes[i]) return false
  return true
}

/** Finds where a statement ends, piece by piece: at the first delimiter outside of quotes and comments. */
export class StatementEnd {
  /** Where to look on. */
  pos = 0
  #inside = outside
  #delimiter: Buffer = Buffer.from(';')
  #special = specialBytes(59)

  get delimiter(): Buffer {
    return this.#delimiter
  }

  set delimiter(bytes: Buffer) {
    this.#delimiter = bytes
    this.#special = specialBytes(bytes[0] ?? 0)
  }

  /** Whether the delimiter is at this offset. */
  isAt(data: Buffer, pos: number): boolean {
    return isHere(this.#delimiter, data, pos)
  }

  /** A statement begins, outside of quotes. */
  begin(pos: number): void {
    this.pos = pos
    this.#inside = outside
  }

  /** Offset of the delimiter, or null where more bytes are needed. `last`: there are none. */
  find(data: Buffer, lexing: Lexing, last: boolean): number | null {
    for (;;) {
      if (this.#inside === inLine || this.#inside === inComment) {
        if (!this.#leaveComment(data)) return null
      } else if (this.#inside !== outside && !this.#leaveQuote(data, lexing, last)) return null
      let i = this.pos
      while (i < data.length && this.#special[data[i] ?? 0] === 0) i += 1
      this.pos = i
      if (i >= data.length || (!last && data.length - i < 16)) return null
      if (this.isAt(data, i)) return i
      this.pos += this.#enter(data, i)
    }
  }

  /** Notes what begins at a special byte, and returns how many bytes that takes. */
  #enter(data: Buffer, i: number): number {
    const byte = data[i]
    const next = data[i + 1]
    if (byte === 39 || byte === 34 || byte === 96) this.#inside = byte
    else if (byte === 35) this.#inside = inLine
    else if (byte === 45 && next === 45 && (data[i + 2] ?? newline) <= 32) this.#inside = inLine
    else if (byte === 47 && next === 42) {
      const third = data[i + 2]
      if (third === 33 || (third === 77 && data[i + 3] === 33)) return 3
      this.#inside = inComment
      return 2
    }
    return 1
  }

  #leaveComment(data: Buffer): boolean {
    const line = this.#inside === inLine
    const found = line ? data.indexOf(newline, this.pos) : data.indexOf(endOfComment, this.pos)
    // A `*` at the end may be the first half of the comment's end.
    this.pos = found >= 0 ? found + (line ? 1 : 2) : Math.max(this.pos, data.length - (line ? 0 : 1))
    if (found >= 0) this.#inside = outside
    return found >= 0
  }

  #leaveQuote(data: Buffer, { backslash, ansiQuotes }: Lexing, last: boolean): boolean {
    const quote = this.#inside
    const escapes = backslash && quote !== 96 && !(quote === 34 && ansiQuotes)
    let i = this.pos
    for (;;) {
      while (i < data.length && data[i] !== quote && data[i] !== 92) i += 1
      if (i >= data.length || (escapes && data[i] === 92 && i + 1 >= data.length && !last)) break
      if (data[i] === quote) {
        this.pos = i + 1
        this.#inside = outside
        return true
      }
      i += escapes ? 2 : 1
    }
    this.pos = Math.min(i, data.length)
    return false
  }
}

function specialBytes(delimiter: number): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of [39, 34, 96, 35, 45, 47, delimiter]) table[byte] = 1
  return table
}
