import { LiteralBuilder, type Literal } from './literal.ts'

/** A value without quotes, `null` for what would read otherwise without them. */
export function bareText(value: string): string | null {
  return /^[A-Za-z0-9_./:@,+-]*$/.test(value) ? value : null
}

interface LineRules {
  /** Matches an escape or one character. */
  readonly piece: RegExp
  readonly decode: (match: string) => string
  readonly encode: Literal['encode']
  readonly encodeWhole?: Literal['encode']
}

/** A value on a line; `at` is its first character, behind a quote where there is one. */
export function lineLiteral(
  raw: string,
  at: number,
  { piece, decode, encode, encodeWhole }: LineRules,
): Literal {
  const builder = new LiteralBuilder()
  for (const { 0: match, index } of raw.matchAll(piece)) builder.add(decode(match), at + index)
  return builder.done(at + raw.length, encode, encodeWhole)
}

/** Rules for values in which every character stands for itself. */
export const plainCharacters = { piece: /[^]/g, decode: (match: string) => match } as const
