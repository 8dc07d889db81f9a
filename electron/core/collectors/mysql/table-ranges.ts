import { Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'

/** Where a table's structure, data and triggers lie in a dump, in bytes. */
export interface TableRange {
  readonly name: string
  readonly from: number
  readonly to: number
}

const sectionStart = Buffer.from('\n--\n-- ')
const delimiterStart = Buffer.from('\nDELIMITER ')
const table = Buffer.from('Table structure for table `')
const otherSections = [
  'Temporary ',
  'Sequence structure',
  'Dumping events',
  'Dumping routines',
  'Final view',
  'Dump completed',
]
/** Longer than any line that decides: 64 characters of 4 bytes, doubled, and the words around them. */
const lookahead = 1024

/**
 * Passes a dump of mysqldump or mariadb-dump through unchanged and notes where its tables lie. Values cannot be
 * mistaken for the headings: the tools write line ends in values as `\n`. Bodies of programs can, but stand between
 * DELIMITER lines, where nothing is looked for.
 */
export class TableRanges extends Transform {
  readonly #found: { name: string; from: number; to: number }[] = []
  #open: { name: string; from: number } | null = null
  #rest: Buffer = Buffer.alloc(0)
  /** Offset in the dump of the first byte of `#rest`. */
  #at = 0
  #inProgram = false

  /** Complete after the stream has ended. */
  get ranges(): readonly TableRange[] {
    return this.#found
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#scan(Buffer.concat([this.#rest, chunk]), false)
    done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    const end = this.#at + this.#rest.length
    this.#scan(this.#rest, true)
    this.#close(end)
    done()
  }

  #scan(data: Buffer, last: boolean): void {
    const limit = last ? data.length : data.length - lookahead
    let at = 0
    let section = data.indexOf(sectionStart)
    let delimiter = data.indexOf(delimiterStart)
    for (;;) {
      const next = section < 0 ? delimiter : delimiter < 0 ? section : Math.min(section, delimiter)
      if (next < 0 || next >= limit) break
      if (next === delimiter)
        this.#inProgram = !data
          .subarray(next + delimiterStart.length)
          .subarray(0, 2)
          .equals(Buffer.from(';\n'))
      else if (!this.#inProgram) this.#heading(data, next)
      at = next + 1
      if (next === section) section = data.indexOf(sectionStart, at)
      else delimiter = data.indexOf(delimiterStart, at)
    }
    const keep = Math.max(at, limit, 0)
    this.#rest = Buffer.from(data.subarray(keep))
    this.#at += keep
  }

  #heading(data: Buffer, at: number): void {
    const text = data.subarray(at + sectionStart.length, at + lookahead)
    const from = this.#at + at + 1
    if (text.subarray(0, table.length).equals(table)) {
      const line = text.subarray(table.length, text.indexOf(10)).toString('utf8')
      this.#close(from)
      this.#open = { name: line.slice(0, line.lastIndexOf('`')).replaceAll('``', '`'), from }
    } else if (otherSections.some((words) => text.subarray(0, words.length).toString('latin1') === words)) {
      this.#close(from)
    }
  }

  #close(to: number): void {
    if (this.#open !== null) this.#found.push({ ...this.#open, to })
    this.#open = null
  }
}
