/** Where an INSERT's rows ended. `fault`: there is a byte that no literal, comma or bracket can begin with. */
export type RowsEnd = 'end' | 'fault'

/** Where in a row the next byte is. */
const at = {
  beforeRow: 0,
  beforeValue: 1,
  word: 2,
  number: 3,
  digits: 4,
  string: 5,
  escape: 6,
  quote: 7,
  introduced: 8,
  afterValue: 9,
  afterRow: 10,
} as const
type State = (typeof at)[keyof typeof at]

const isSpace = flags(' \t\r\n')
const isDigit = flags('0123456789')
const isHex = flags('0123456789abcdefABCDEF')
const isWord = flags('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789')
const constants = new Set(['null', 'default', 'true', 'false'])

function flags(characters: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of Buffer.from(characters)) table[byte] = 1
  return table
}

/** Whether NULL is here, and the value ends behind it. Where it may go on in the next piece it is read as a word. */
function isNull(data: Buffer, at: number): boolean {
  const after = data[at + 4]
  return data[at + 1] === 85 && data[at + 2] === 76 && data[at + 3] === 76 && (after === 44 || after === 41)
}

/** Longest row that is held back until it is known to be whole. */
const longestHeld = 16 << 20

/**
 * Reads the rows of `INSERT … VALUES (…),(…)`. Only what dump tools write is understood: numbers, strings with
 * `\` and doubled quotes, hexadecimal and bit literals, `_charset` before a string, NULL, DEFAULT, TRUE, FALSE. No
 * comment, name, operator or function. Bytes of rows are given back unchanged and without a copy.
 *
 * Rows are emitted only when they are whole, so that a fault leaves a statement that can be ended after the last good
 * row; of a row longer than 16 MiB the beginning is emitted at once, and `torn` tells that a fault came after that.
 */
export class InsertRows {
  readonly #emit: (bytes: Buffer) => void
  #state: State = at.beforeRow
  #quote = 0
  #word = ''
  #previous = 0
  #held: Buffer[] = []
  #heldBytes = 0
  #flushed = false
  /** Whole rows so far. */
  rows = 0

  constructor(emit: (bytes: Buffer) => void) {
    this.#emit = emit
  }

  /** Whether a part of a row that turned out to be wrong was emitted. */
  get torn(): boolean {
    return this.#flushed
  }

  /**
   * Reads from `from` on. Returns the offset of the first byte that belongs to no row, and why it stopped there, or
   * null where all bytes are consumed and rows may go on.
   */
  read(data: Buffer, from: number): { readonly at: number; readonly why: RowsEnd } | null {
    const end = data.length
    let i = from
    let whole = from
    let state: State = this.#state
    let fault = false
    for (; i < end && !fault;) {
      const byte = data[i] ?? 0
      switch (state) {
        case at.string: {
          const quote = this.#quote
          let c = byte
          while (c !== quote && c !== 92) {
            i += 1
            if (i >= end) break
            c = data[i] ?? 0
          }
          if (i >= end) continue
          state = c === 92 ? at.escape : at.quote
          i += 1
          continue
        }
        case at.escape:
          state = at.string
          i += 1
          continue
        case at.quote:
          state = byte === this.#quote ? at.string : at.afterValue
          if (state === at.string) i += 1
          continue
        case at.digits:
          while (i < end && isHex[data[i] ?? 0] === 1) i += 1
          if (i < end) state = at.afterValue
          continue
        case at.afterValue:
          if (byte === 44) state = at.beforeValue
          else if (byte === 41) {
            state = at.afterRow
            this.rows += 1
            whole = i + 1
            this.#release()
          } else if (isSpace[byte] !== 1) fault = true
          break
        case at.beforeValue:
          if (byte === 39 || byte === 34) {
            this.#quote = byte
            state = at.string
          } else if (isDigit[byte] === 1 || byte === 45 || byte === 43 || byte === 46) {
            this.#previous = byte
            state = at.number
          } else if (byte === 78 && isNull(data, i)) {
            state = at.afterValue
            i += 3
          } else if (isWord[byte] === 1) {
            this.#word = String.fromCharCode(byte)
            state = at.word
          } else if (isSpace[byte] !== 1) fault = true
          break
        case at.number: {
          while (i < end && isDigit[data[i] ?? 0] === 1) i += 1
          const previous = i > from ? (data[i - 1] ?? 0) : this.#previous
          this.#previous = previous
          if (i >= end) continue
          const next = data[i] ?? 0
          const sign = next === 45 || next === 43
          if (next === 46 || (next | 32) === 101 || (sign && (previous | 32) === 101)) this.#previous = next
          else if ((next === 120 || next === 98) && previous === 48) state = at.digits
          else {
            state = at.afterValue
            continue
          }
          break
        }
        case at.word:
          if (isWord[byte] === 1 && this.#word.length < 64) {
            this.#word += String.fromCharCode(byte)
            break
          }
          state = this.#afterWord(byte)
          fault = state === at.beforeRow
          continue
        case at.introduced:
          if (byte === 39 || byte === 34) {
            this.#quote = byte
            state = at.string
          } else if (byte === 48) {
            this.#previous = 48
            state = at.number
          } else if (byte === 120 || byte === 88) {
            this.#word = 'x'
            state = at.word
          } else if (isSpace[byte] !== 1) fault = true
          break
        case at.beforeRow:
          if (byte === 40) state = at.beforeValue
          else if (isSpace[byte] !== 1) fault = true
          break
        case at.afterRow:
          if (byte === 44) state = at.beforeRow
          else if (isSpace[byte] === 1) whole = i + 1
          else {
            this.#pass(data, from, whole)
            return { at: i, why: 'end' }
          }
          break
      }
      if (!fault) i += 1
    }
    this.#state = state
    this.#pass(data, from, whole)
    if (fault) return { at: i, why: 'fault' }
    this.#hold(data.subarray(whole, end))
    return null
  }

  /** What follows a word: a string for `_charset` and for b, n and x, else the end of the value. */
  #afterWord(byte: number): State {
    const word = this.#word.toLowerCase()
    const quoted = byte === 39 || byte === 34
    if (word.startsWith('_') && (quoted || isSpace[byte] === 1)) return at.introduced
    if (quoted && (word === 'b' || word === 'n' || word === 'x')) return at.introduced
    return constants.has(word) ? at.afterValue : at.beforeRow
  }

  #pass(data: Buffer, from: number, to: number): void {
    if (to > from) this.#emit(data.subarray(from, to))
  }

  #release(): void {
    for (const bytes of this.#held) this.#emit(bytes)
    this.#held = []
    this.#heldBytes = 0
    this.#flushed = false
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes <= longestHeld) return
    this.#release()
    this.#flushed = true
  }
}
