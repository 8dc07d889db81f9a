import type { LabHost } from '../../lab/lab.ts'

/** The account whose names are naughty. */
export const account = 'amy'

/** A place for names on a server: what it takes there, and what an archive has of it. */
export interface Field {
  readonly name: string
  /** Puts each string there that the server takes. Its content, where it has one, is its number, from 1. */
  plant(host: LabHost, strings: readonly string[]): Promise<void>
  /** The names that an account has on the server, `account` without another, each with its content. */
  live(host: LabHost, owner?: string): Promise<ReadonlyMap<string, string>>
  /** The same of an archive, by its files. May open them on the server, in place of what is there. */
  stored(files: ReadonlyMap<string, Buffer>, host: LabHost): Promise<ReadonlyMap<string, string>>
  /** Takes everything of it away from the server, so that only a restore can bring it. */
  wipe(host: LabHost): Promise<void>
}

/** Texts without NUL, each ended by one, as Perl reads them in `perl`. */
export function ended(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\0`).join(''))
}

/** `NAME NUL CONTENT NUL …` as a map. */
export function pairs(text: string): Map<string, string> {
  const parts = text.split('\0')
  return new Map(parts.flatMap((part, at) => (at % 2 === 1 ? [[parts[at - 1] ?? '', part] as const] : [])))
}

/** Runs Perl on the server, whose lines end in NUL, and returns its output. */
export async function perl(
  host: LabHost,
  script: string,
  { args = [], input = [] }: { readonly args?: readonly string[]; readonly input?: readonly string[] },
): Promise<string> {
  const words = [script, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  return (await host.exec(`perl -0 -we ${words.join(' ')}`, { input: ended(input) })).stdout
}
