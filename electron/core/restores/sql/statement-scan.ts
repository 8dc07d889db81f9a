import { InsertHeads } from './insert-head.ts'
import { InsertRows } from './insert-rows.ts'
import { isPlain, plainLexing } from './lexing.ts'
import { StatementEnd } from './statement-end.ts'
import type { InsertHead } from './insert-head.ts'
import type { Lexing } from './lexing.ts'

/** What a dump is made of, in its order. Bytes are valid during the call only. Offsets count from the dump's start. */
export interface StatementSink {
  /** A statement, without its delimiter. */
  statement(bytes: Buffer, at: number): void
  /** The head of an INSERT whose rows follow; the same object where it is the last one's again. Returns who takes them, or null where nobody wants them. */
  insert(head: InsertHead, at: number): ((rows: Buffer) => void) | null
  /** All rows were given. `fault`: what follows the last good row and is no row. */
  inserted(
    rows: number,
    fault: { readonly bytes: Buffer; readonly at: number; readonly torn: boolean } | null,
  ): void
  /** What no server would be sent: a command of the client, or the beginning of something that is too long. */
  refused(why: 'client-command' | 'delimiter' | 'too-long' | 'unfinished', bytes: Buffer, at: number): void
  /** A comment between statements, or the beginning of a long one. */
  comment(bytes: Buffer): void
}

/** Longest statement that is held; rows are not. */
const longestStatement = 16 << 20
const longestLine = 65_536
const excerpt = 200
/** Enough to tell what a statement begins with, and longer than any delimiter. */
const lookahead = 64

const delimiters = /^(?:;{1,8}|\/\/|\$\$|\|\|?|%%|@@|\^\^|!!|&&)$/
/** Commands of the mysql and mariadb clients (`help`), which they take from the beginning of a line. */
const clientCommand =
  /^(?:\\|(?:charset|clear|connect|edit|ego|exit|go|help|nopager|notee|nowarning|pager|print|prompt|query_attributes|quit|rehash|resetconnection|sandbox|source|ssl_session_data_print|status|system|tee|warnings|\?)(?![\w$\x80-\xff]))/i
const sandboxLine = /^\/\*M?!999999\\-/

const newline = 10
const endOfComment = Buffer.from('*/')

type State = 'between' | 'statement' | 'rows' | 'line-comment' | 'comment'
/**
 * Splits a dump into statements as the mariadb client and the server do, whatever the pieces that it comes in, and
 * holds no more of it than one statement without its rows. It decides nothing about what a statement may do.
 */
export class StatementScan {
  /** How quotes are read from the next statement on. */
  lexing: Lexing = plainLexing
  readonly #sink: StatementSink
  readonly #ending = new StatementEnd()
  readonly #heads = new InsertHeads()
  #state: State = 'between'
  #data: Buffer = Buffer.alloc(0)
  /** Where `#data` lies, with space behind it, unless it is a piece as it came. Its bytes are written once. */
  #room: Buffer = Buffer.alloc(0)
  /** Offset in the dump of the first byte of `#data`. */
  #base = 0
  #start = 0
  #pos = 0
  #rows: InsertRows | null = null
  /** The beginning of a statement that is passed over, or null. */
  #passedOver: { readonly bytes: Buffer; readonly at: number; readonly why: 'too-long' | null } | null = null

  constructor(sink: StatementSink) {
    this.#sink = sink
  }

  push(chunk: Buffer): void {
    this.#data = this.#data.length === 0 ? chunk : this.#joined(chunk)
    while (this.#step(false));
    this.#drop()
  }

  /** After the last byte. */
  end(): void {
    while (this.#step(true));
    if (this.#state === 'rows') this.#endRows(null)
    const open = this.#state === 'statement' || this.#state === 'rows'
    if (!open) return
    const { bytes, at } = this.#passedOver ?? {
      bytes: this.#data.subarray(this.#start),
      at: this.#base + this.#start,
    }
    this.#sink.refused('unfinished', bytes.subarray(0, excerpt), at)
  }

  /** What is left and the next piece. Room doubles, so that a long statement is not copied for each of its pieces. */
  #joined(chunk: Buffer): Buffer {
    const length = this.#data.length + chunk.length
    const fits = this.#data.buffer === this.#room.buffer && length <= this.#room.length
    if (!fits) {
      this.#room = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#data.length))
      this.#data.copy(this.#room)
    }
    chunk.copy(this.#room, this.#data.length)
    return this.#room.subarray(0, length)
  }

  /** Forgets what was used, and copies the rest: a small one must not keep a whole piece alive. */
  #drop(): void {
    const long = this.#state === 'statement' && this.#data.length - this.#start > longestStatement
    if (long) this.#passOver('too-long')
    const held = this.#state === 'statement' && this.#passedOver === null
    const keep = held ? this.#start : this.#pos
    this.#base += keep
    this.#pos -= keep
    this.#ending.pos = this.#pos
    this.#start = 0
    this.#data = keep === 0 ? this.#data : Buffer.from(this.#data.subarray(keep))
  }

  #passOver(why: 'too-long' | null): void {
    this.#passedOver ??= {
      bytes: Buffer.from(this.#data.subarray(this.#start, this.#start + excerpt)),
      at: this.#base + this.#start,
      why,
    }
  }

  /** Returns whether it came further and may go on. */
  #step(last: boolean): boolean {
    switch (this.#state) {
      case 'between':
        return this.#between(last)
      case 'statement':
        return this.#statement(last)
      case 'rows':
        return this.#readRows(last)
      case 'line-comment':
        return this.#comment(this.#data.indexOf(newline, this.#pos), 1)
      case 'comment':
        return this.#comment(this.#data.indexOf(endOfComment, this.#pos), 2)
    }
  }

  #comment(found: number, length: number): boolean {
    if (found < 0) {
      // A `*` may be the first half of the end.
      this.#pos = Math.max(this.#pos, this.#data.length - (length - 1))
      return false
    }
    this.#pos = found + length
    this.#state = 'between'
    return true
  }

  #between(last: boolean): boolean {
    const data = this.#data
    let pos = this.#pos
    while (pos < data.length && isSpaceByte(data[pos] ?? 0)) pos += 1
    this.#pos = pos
    if (pos >= data.length || (!last && data.length - pos < lookahead)) return false
    // Begins with INSERT or REPLACE, so with nothing of what follows here.
    if (this.#heads.isRepeated(data, pos) && isPlain(this.lexing)) {
      this.#start = pos
      return this.#insert(last)
    }
    const text = data.toString('latin1', pos, pos + lookahead)
    if (/^(?:#|--(?:[\s\x00-\x20]|$))/.test(text)) return this.#beginComment('line-comment', 1)
    if (sandboxLine.test(text) || (text.startsWith('/*') && !/^\/\*M?!/.test(text)))
      return this.#beginComment('comment', 2)
    if (this.#ending.isAt(this.#data, pos)) {
      this.#pos += this.#ending.delimiter.length
      return true
    }
    if (/^delimiter[ \t]/i.test(text)) return this.#line(last, 'delimiter')
    if (clientCommand.test(text)) return this.#line(last, 'client-command')
    this.#start = pos
    if (/^(?:insert|replace)[\s`/]/i.test(text) && isPlain(this.lexing)) return this.#insert(last)
    return this.#beginStatement()
  }

  #beginComment(state: 'comment' | 'line-comment', skip: number): boolean {
    this.#sink.comment(this.#data.subarray(this.#pos, this.#pos + lookahead))
    this.#pos += skip
    this.#state = state
    return true
  }

  #beginStatement(): boolean {
    this.#state = 'statement'
    this.#ending.begin(this.#pos)
    return true
  }

  /** A command that ends with its line; one of the client's ends with a delimiter, too. */
  #line(last: boolean, kind: 'delimiter' | 'client-command'): boolean {
    const from = this.#pos
    let end = this.#data.indexOf(newline, from)
    if (end < 0 && !last && this.#data.length - from < longestLine) return false
    if (end < 0 || end - from > longestLine) end = Math.min(this.#data.length, from + longestLine)
    const line = this.#data.subarray(from, end)
    const delimiter = kind === 'delimiter' ? -1 : line.indexOf(this.#ending.delimiter)
    const wanted = kind === 'delimiter' ? (/^\S+\s+(\S+)/.exec(line.toString('latin1'))?.[1] ?? '') : ''
    if (delimiters.test(wanted)) {
      this.#ending.delimiter = Buffer.from(wanted)
    } else {
      const used = delimiter < 0 ? line : line.subarray(0, delimiter)
      this.#sink.refused(kind, used.subarray(0, excerpt), this.#base + from)
    }
    this.#pos = delimiter < 0 ? end : from + delimiter + this.#ending.delimiter.length
    return true
  }

  #insert(last: boolean): boolean {
    const found = this.#heads.at(this.#data, this.#start)
    if (found === 'more' && !last && this.#data.length - this.#start < longestStatement) return false
    if (found === null || found === 'more') return this.#beginStatement()
    const take = this.#sink.insert(found.head, this.#base + this.#start)
    this.#rows = new InsertRows(take ?? (() => undefined))
    this.#pos = found.end
    this.#state = 'rows'
    return true
  }

  #readRows(last: boolean): boolean {
    const rows = this.#rows
    if (rows === null) return false
    const stop = rows.read(this.#data, this.#pos)
    this.#pos = stop?.at ?? this.#data.length
    if (stop === null) return false
    if (stop.why === 'end') {
      if (!last && this.#data.length - this.#pos < this.#ending.delimiter.length) return false
      if (this.#ending.isAt(this.#data, this.#pos)) {
        this.#pos += this.#ending.delimiter.length
        this.#endRows(null)
        this.#state = 'between'
        return true
      }
    }
    const bytes = Buffer.from(this.#data.subarray(this.#pos, this.#pos + excerpt))
    const at = this.#base + this.#pos
    this.#endRows({ bytes, at, torn: rows.torn })
    this.#start = this.#pos
    this.#passedOver = { bytes, at, why: null }
    return this.#beginStatement()
  }

  #endRows(fault: Parameters<StatementSink['inserted']>[1]): void {
    this.#sink.inserted(this.#rows?.rows ?? 0, fault)
    this.#rows = null
  }

  #statement(last: boolean): boolean {
    const end = this.#ending.find(this.#data, this.lexing, last)
    this.#pos = this.#ending.pos
    if (end === null) return false
    if (end - this.#start > longestStatement) this.#passOver('too-long')
    const over = this.#passedOver
    if (over === null) this.#sink.statement(this.#data.subarray(this.#start, end), this.#base + this.#start)
    else if (over.why !== null) this.#sink.refused(over.why, over.bytes, over.at)
    this.#passedOver = null
    this.#pos = end + this.#ending.delimiter.length
    this.#state = 'between'
    return true
  }
}

function isSpaceByte(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}
