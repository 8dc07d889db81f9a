/** A string in a configuration file: what it says, and where each of its characters stands in the file. */
export interface Literal {
  /** The value, bytes as latin1. What is put in at run time stands as `$`. */
  readonly text: string
  /** Offset in the file of each character of `text`, and of the end. */
  readonly at: readonly number[]
  /** Whether something is put in at run time, so that `text` is not all of it. */
  readonly open: boolean
  /** How a piece of the value stands here, or null where it cannot. */
  readonly encode: Encode
  /** The same for all of the value, where that may bring quotes of its own. */
  readonly encodeWhole?: Encode
}

type Encode = (value: string) => string | null

/** Takes characters of a source text with their places. */
export class LiteralBuilder {
  #text = ''
  readonly #at: number[] = []
  #open = false

  add(characters: string, at: number): void {
    this.#text += characters
    for (let n = 0; n < characters.length; n += 1) this.#at.push(at)
  }

  /** Something that is put in at run time. */
  hole(at: number): void {
    this.add('$', at)
    this.#open = true
  }

  done(end: number, encode: Encode, encodeWhole: Encode = encode): Literal {
    return { text: this.#text, at: [...this.#at, end], open: this.#open, encode, encodeWhole }
  }
}

/** UTF-8 of a text, as latin1. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The text whose UTF-8 this is. */
export function fromUtf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
