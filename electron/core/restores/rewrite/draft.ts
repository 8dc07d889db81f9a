import type { DatabaseEngine } from '../../../../shared/model/source.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { Literal } from './literal.ts'
import type { PathFinder } from './path-text.ts'
import { valueEdits } from './serialized.ts'

/** A value that was changed. For a password `from` and `to` are `[secret]`. */
export interface ConfigChange {
  /** From 1. */
  readonly line: number
  readonly what: 'database' | 'database user' | 'database password' | 'path'
  readonly from: string
  readonly to: string
}

/** A place that a person must look at, and why. Never holds a value. */
export interface NotUnderstood {
  readonly line: number
  readonly why: string
}

/** A login whose password stands in the file; `user` is its name at the target. */
export interface ConfigLogin {
  /** Where the password stands, or the user's name where there is none. */
  readonly line: number
  readonly engine: DatabaseEngine
  readonly user: string
}

export interface Rewritten {
  readonly bytes: Buffer
  readonly changes: readonly ConfigChange[]
  readonly notUnderstood: readonly NotUnderstood[]
  /** Those of users that the backup holds. */
  readonly logins: readonly ConfigLogin[]
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A configuration file, as latin1, while changes to it are gathered. Everything that no change names stays. */
export class Draft {
  readonly text: string
  readonly #edits: Edit[] = []
  readonly #changes: (ConfigChange & { readonly at: number })[] = []
  readonly #notUnderstood: (NotUnderstood & { readonly at: number })[] = []
  readonly #logins: (ConfigLogin & { readonly at: number })[] = []
  readonly #lineStarts: number[]

  constructor(bytes: Buffer) {
    this.text = bytes.toString('latin1')
    this.#lineStarts = [
      0,
      ...[...this.text.matchAll(/\r\n|\n|\r/g)].map(({ 0: end, index }) => index + end.length),
    ]
  }

  /** Gives a literal another value. */
  set(literal: Literal, value: string, what: ConfigChange['what']): void {
    const encoded = (literal.encodeWhole ?? literal.encode)(value)
    const [start = 0] = literal.at
    if (encoded === null) {
      this.report(start, `the new ${what} cannot stand in these quotes`)
      return
    }
    this.#edits.push({ start, end: literal.at.at(-1) ?? start, text: encoded })
    const secret = what === 'database password'
    this.#changes.push({
      at: start,
      line: this.#line(start),
      what,
      from: secret ? '[secret]' : shown(literal.text),
      to: secret ? '[secret]' : shown(value),
    })
  }

  /** Replaces the old paths in a literal. */
  paths(literal: Literal, finder: PathFinder): void {
    const [start = 0] = literal.at
    const result = valueEdits(literal.text, finder)
    if (result.kind === 'left') {
      this.report(start, `a string was left as it is: ${result.why}`)
      return
    }
    if (literal.open && result.edits.some(({ path }) => path === undefined)) {
      this.report(start, 'a string was left as it is: it is serialized PHP that is put together')
      return
    }
    const edits = result.edits.map((edit) => ({ edit, text: literal.encode(edit.text) }))
    if (edits.some(({ text }) => text === null)) {
      this.report(start, 'the new path cannot stand in these quotes')
      return
    }
    for (const { edit, text } of edits) {
      const at = literal.at[edit.start] ?? start
      this.#edits.push({ start: at, end: literal.at[edit.end] ?? at, text: text ?? '' })
      if (edit.path === undefined) continue
      const { from, to } = edit.path
      this.#changes.push({ at, line: this.#line(at), what: 'path', from: shown(from), to: shown(to) })
    }
  }

  login(at: number, engine: DatabaseEngine, user: string): void {
    this.#logins.push({ at, line: this.#line(at), engine, user })
  }

  report(at: number, why: string): void {
    this.#notUnderstood.push({ at, line: this.#line(at), why })
  }

  finish(): Rewritten {
    const edits = this.#edits.toSorted((a, b) => a.start - b.start)
    let text = ''
    let at = 0
    for (const edit of edits) {
      text += this.text.slice(at, edit.start) + edit.text
      at = edit.end
    }
    const inOrder = <T extends { at: number }>(list: readonly T[]) =>
      list.toSorted((a, b) => a.at - b.at).map(({ at: _, ...rest }) => rest)
    return {
      bytes: Buffer.from(text + this.text.slice(at), 'latin1'),
      changes: inOrder(this.#changes),
      notUnderstood: inOrder(this.#notUnderstood),
      logins: inOrder(this.#logins),
    }
  }

  #line(at: number): number {
    let low = 0
    let high = this.#lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle
      else high = middle
    }
    return low + 1
  }
}

function shown(latin1: string): string {
  return toRemoteName(Buffer.from(latin1, 'latin1'))
}
