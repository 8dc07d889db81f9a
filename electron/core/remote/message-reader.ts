import type { ScriptEnd } from './shell.ts'

const MAX_LINES = 100_000
const MAX_BYTES = 16 * 1024 * 1024
const MAX_LINE = 1024 * 1024
const NEWLINE = 0x0a

/**
 * Takes a script's stderr apart: `hf_rc` and `hf_fact` by their nonce, all else is what tools wrote. Our messages
 * begin with a newline of their own, which is not counted as an empty line.
 */
export class MessageReader {
  readonly #mark: Buffer
  readonly #codes = new Map<string, number>()
  readonly #facts = new Map<string, string>()
  readonly #lines: Buffer[] = []
  #bytes = 0
  #cut = false
  #partial: Buffer = Buffer.alloc(0)
  #fact: { readonly name: string; readonly value: Buffer[] } | null = null
  readonly #onInput: (codec: string) => void

  /** `onInput` is told when the script is ready for its input, and in which codec it wants it. */
  constructor(nonce: string, onInput: (codec: string) => void = () => undefined) {
    this.#mark = Buffer.from(`@@${nonce} `)
    this.#onInput = onInput
  }

  push(chunk: Buffer): void {
    let rest = this.#partial.length > 0 ? Buffer.concat([this.#partial, chunk]) : chunk
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
      this.#line(rest.subarray(0, at))
      rest = rest.subarray(at + 1)
    }
    this.#cut ||= rest.length > MAX_LINE
    this.#partial = Buffer.from(rest.subarray(0, MAX_LINE))
  }

  /** Everything so far, an unfinished last line included. */
  read(): ScriptEnd {
    const lines = this.#partial.length > 0 ? [...this.#lines, this.#partial] : [...this.#lines]
    return { codes: this.#codes, facts: this.#facts, stderr: lines, stderrCut: this.#cut }
  }

  #line(line: Buffer): void {
    const ours = line.subarray(0, this.#mark.length).equals(this.#mark)
    if (ours) this.#message(line.subarray(this.#mark.length).toString())
    else if (this.#fact) this.#fact.value.push(Buffer.from(line))
    else this.#keep(line)
  }

  #message(text: string): void {
    if (this.#fact && text === '.') {
      const value = Buffer.concat(this.#fact.value.flatMap((line) => [line, Buffer.of(NEWLINE)]).slice(0, -1))
      this.#facts.set(this.#fact.name, value.toString())
      this.#fact = null
      return
    }
    if (this.#lines.at(-1)?.length === 0) this.#lines.pop()
    const [kind, word = '', ...rest] = text.split(' ')
    if (kind === 'rc') this.#codes.set(rest.join(' '), Number(word))
    if (kind === 'input') this.#onInput(word)
    if (kind === 'fact') this.#fact = { name: word, value: [Buffer.from(rest.join(' '))] }
  }

  #keep(line: Buffer): void {
    if (this.#lines.length >= MAX_LINES || this.#bytes + line.length > MAX_BYTES) {
      this.#cut = true
      return
    }
    this.#bytes += line.length
    this.#lines.push(Buffer.from(line))
  }
}
