import { evidenceText } from '../../shared/evidence-text.ts'
import type { AccountSource, Evidence, SourceOverrides } from '../../shared/model/source.ts'

/** The three kinds of things that an admin may add to a source or take from it. */
export type ChoiceKind = 'paths' | 'databases' | 'mail'

const lists = {
  paths: ['addPaths', 'removePaths'],
  databases: ['addDatabases', 'removeDatabases'],
  mail: ['addMail', 'removeMail'],
} as const satisfies Record<ChoiceKind, readonly (keyof SourceOverrides)[]>

/** One thing that belongs to a source, or could. */
export interface Choice {
  /** How the admin's word names it. */
  readonly key: string
  readonly name: string
  /** Where it is or what it is. */
  readonly about: string
  readonly bytes: number | null
  /** Why it was found to belong here; empty where only the admin says so. */
  readonly why: readonly string[]
  readonly included: boolean
}

interface Found extends Omit<Choice, 'included' | 'why'> {
  readonly evidence: readonly Evidence[]
  /** All words that mean it. */
  readonly means: readonly string[]
}

function foundIn(source: AccountSource | null, kind: ChoiceKind): readonly Found[] {
  if (source === null) return []
  switch (kind) {
    case 'paths':
      return source.paths.map(({ path, evidence }) => ({
        ...{ key: path, name: path, about: '', bytes: null, evidence, means: [path] },
      }))
    case 'databases':
      return source.databases.map(({ engine, name, bytes, evidence }) => ({
        ...{ key: `${engine}/${name}`, name, bytes, evidence, means: [name, `${engine}/${name}`] },
        about: engine === 'mysql' ? 'MySQL' : 'PostgreSQL',
      }))
    case 'mail':
      return source.mailboxes.map(({ domain, name, path, evidence }) => {
        const address = domain === null ? name : `${name}@${domain}`
        const means = domain === null ? [path] : [path, domain, address]
        return {
          key: domain === null ? path : address,
          name: address,
          about: path,
          bytes: null,
          evidence,
          means,
        }
      })
  }
}

const meant = (words: readonly string[], { means }: Found): boolean =>
  words.some((word) => means.includes(word))

/**
 * Everything of one kind that a source holds or could hold: what the last look found, what the admin added, and what
 * the admin took out, now (`draft`) or before (`stored`).
 */
export function choicesOf(
  kind: ChoiceKind,
  {
    source,
    stored,
    draft,
  }: {
    readonly source: AccountSource | null
    readonly stored: SourceOverrides
    readonly draft: SourceOverrides
  },
): readonly Choice[] {
  const [add, remove] = lists[kind]
  const found = foundIn(source, kind)
  const known = found.map((each): Choice => {
    const why = each.evidence.filter(({ kind: by }) => by !== 'admin').map(evidenceText)
    const included = !meant(draft[remove], each) && (why.length > 0 || meant(draft[add], each))
    return { key: each.key, name: each.name, about: each.about, bytes: each.bytes, why, included }
  })
  const words = new Set([...stored[add], ...draft[add], ...stored[remove], ...draft[remove]])
  const others = [...words].filter((word) => !found.some(({ means }) => means.includes(word)))
  return [
    ...known,
    ...others.map((word): Choice => ({
      ...{ key: word, name: word, about: '', bytes: null, why: [], included: draft[add].includes(word) },
    })),
  ]
}

/** The admin's word after a choice is taken in or left out: what is in one list leaves its opposite. */
export function choose(
  kind: ChoiceKind,
  { key, name, why }: Pick<Choice, 'key' | 'name' | 'why'>,
  { included, draft }: { readonly included: boolean; readonly draft: SourceOverrides },
): SourceOverrides {
  const [add, remove] = lists[kind]
  const others = (list: readonly string[]) => list.filter((word) => word !== key && word !== name)
  const [added, removed] = [others(draft[add]), others(draft[remove])]
  if (included && why.length === 0) added.push(key)
  if (!included && why.length > 0) removed.push(key)
  return { ...draft, [add]: added, [remove]: removed }
}
