import { isHere } from './statement-end.ts'

/** What stands before the rows of an INSERT. Names as in names.ts. */
export interface InsertHead {
  readonly verb: string
  readonly database: string | null
  readonly table: string
  readonly columns: readonly string[]
  /** Offset of the first row's bracket. */
  readonly end: number
}

const name = '(?:`(?:[^`]|``)+`|[\\w$\\x80-\\xff]+)'
const space = '[ \\t\\r\\n]'
const pattern = new RegExp(
  `(INSERT(?:${space}+IGNORE)?|REPLACE)${space}+INTO${space}+(?:(${name})\\.)?(${name})${space}*` +
    `(?:\\((${space}*${name}(?:${space}*,${space}*${name})*)${space}*\\)${space}*)?VALUES?${space}*(?=\\()`,
  'iy',
)
const eachName = new RegExp(name, 'g')

/** Longer than the names of 4,096 columns, the most that a table can have. */
const longest = 1 << 20

/**
 * The head of an INSERT or REPLACE of whole rows that begins at `start`; `more` where its end may still come; null
 * where it is none that dump tools write.
 */
export function insertHeadAt(data: Buffer, start: number): InsertHead | 'more' | null {
  for (const window of [4096, longest]) {
    const text = data.toString('latin1', start, start + window)
    pattern.lastIndex = 0
    const found = pattern.exec(text)
    if (found !== null) {
      const [whole, verb = '', database, table = '', columns = ''] = found
      return {
        verb: verb.toUpperCase().replace(/\s+/, ' '),
        database: database === undefined ? null : bare(database),
        table: bare(table),
        columns: (columns.match(eachName) ?? []).map(bare),
        end: start + whole.length,
      }
    }
  }
  return data.length - start < longest ? 'more' : null
}

/** Knows the last head, which a dump with a row in each statement repeats for every row. */
export class InsertHeads {
  #bytes = Buffer.alloc(0)
  #head: InsertHead | null = null

  /** Whether the last head is here again, with the bracket behind it. */
  isRepeated(data: Buffer, start: number): boolean {
    return this.#bytes.length > 0 && isHere(this.#bytes, data, start)
  }

  /** As `insertHeadAt`; the same object for a head that is repeated but for its `end`. */
  at(data: Buffer, start: number): { readonly head: InsertHead; readonly end: number } | 'more' | null {
    if (this.#head !== null && this.isRepeated(data, start))
      return { head: this.#head, end: start + this.#bytes.length - 1 }
    const head = insertHeadAt(data, start)
    if (head === null || head === 'more') return head
    this.#head = head
    this.#bytes = Buffer.from(data.subarray(start, head.end + 1))
    return { head, end: head.end }
  }
}

function bare(text: string): string {
  return text.startsWith('`') ? text.slice(1, -1).replaceAll('``', '`') : text
}
