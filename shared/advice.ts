import { z } from 'zod'
import { Scope } from './model/backup.ts'
import { MapKind } from './model/restore-mapping.ts'

const named = <Name extends string>(name: Name) => z.strictObject({ way: z.literal(name) })

/** Something that a person can choose, which the command line and the window call each by its own name. */
export const Way = z.discriminatedUnion('way', [
  /** Another name at the target; `from` null where it is one of several. */
  named('rename').extend({ kind: MapKind, from: z.string().nullable() }),
  /** Parts of the archive; empty where it is for the person to say which. */
  named('items').extend({ items: z.array(z.string()) }),
  named('scope').extend({ scope: Scope }),
  named('table-as'),
  named('keep-extra'),
  /** An account is made, under a name of one's own. */
  named('create'),
  named('new-account').extend({ server: z.string() }),
  /** No account is made. */
  named('into-existing'),
  /** Accounts that a restore of a whole server leaves out. */
  named('without').extend({ account: z.string().nullable() }),
  named('accept-unsaved'),
  /** The admin's word that a mailbox belongs to an account. */
  named('own-mailbox').extend({ server: z.string(), source: z.string(), address: z.string() }),
  /** What is in an archive, onto this computer. */
  named('extract'),
  /** The end of a restore that was cut off. */
  named('end-restore'),
  /** A new look at what going on with a restore of a whole server would do. */
  named('look-again').extend({ job: z.string() }),
  named('go-on').extend({ job: z.string(), server: z.string() }),
  named('jump'),
  named('old-algorithms'),
])
export type Way = z.infer<typeof Way>

/** A text with the ways in it left open. */
export const Advice = z.array(z.union([z.string(), Way]))
export type Advice = z.infer<typeof Advice>

/** How the command line calls it. */
function commandWords(way: Way): string {
  switch (way.way) {
    case 'rename':
      return `with --map ${way.kind}:${way.from ?? 'OLD'}=NEW`
    case 'items':
      return way.items.length === 0
        ? 'with --item'
        : `with ${way.items.map((each) => `--item ${each}`).join(' ')}`
    case 'scope':
      return `with --scope ${way.scope}`
    case 'table-as':
      return 'with --table-as'
    case 'keep-extra':
      return 'without --keep-extra'
    case 'create':
      return 'with --create'
    case 'new-account':
      return `with --to ${way.server}/NAME`
    case 'into-existing':
      return 'without --create'
    case 'without':
      return `with --without${way.account === null ? '' : ` ${way.account}`}`
    case 'accept-unsaved':
      return 'name each with --accept-unsaved'
    case 'own-mailbox':
      return `with: holdfast source set ${way.server}/${way.source} --mail ${way.address}`
    case 'extract':
      return 'with holdfast extract'
    case 'end-restore':
      return 'with holdfast restore resume or rollback'
    case 'look-again':
      return `with holdfast restore resume ${way.job} --plan`
    case 'go-on':
      return `with: holdfast restore resume ${way.job} --confirm ${way.server}`
    case 'jump':
      return 'for --jump'
    case 'old-algorithms':
      return 'with --legacy-algorithms'
  }
}

/** A text in a host's words. */
export function tell(advice: Advice, words: (way: Way) => string): string {
  return advice.map((piece) => (typeof piece === 'string' ? piece : words(piece))).join('')
}

/** What to do about a note of a plan: as the command line says it, and for hosts with other words. */
export interface Remedy {
  readonly remedy: string
  readonly advice: Advice
}

/** A text as the command line says it, and with its ways left open. */
export function advise(texts: TemplateStringsArray, ...values: readonly (string | Way)[]): Remedy {
  const advice = texts
    .flatMap((text, at) => [text, ...values.slice(at, at + 1)])
    .filter((piece) => piece !== '')
  return { remedy: tell(advice, commandWords), advice }
}

/** The fields of a note for a remedy that is the same everywhere, or that has ways in it. */
export function remedied(remedy: string | null | Remedy): {
  readonly remedy: string | null
  readonly advice?: Advice
} {
  return remedy === null || typeof remedy === 'string' ? { remedy } : remedy
}

/** Where an error's details have the advice of its message. */
export function adviceOf(details: Readonly<Record<string, unknown>> | undefined): Advice | null {
  const advice = details?.['advice']
  return Array.isArray(advice) ? (advice as Advice) : null
}
