import { AppError } from '../../../../shared/errors.ts'
import { MapKind, type MapOverride } from '../../../../shared/model/restore-mapping.ts'

const nouns: Readonly<Record<MapKind, string>> = {
  user: 'account',
  uid: 'uid',
  gid: 'gid',
  home: 'home',
  db: 'database',
  dbuser: 'database user',
  domain: 'mail domain',
}

/** Reads one `--map KIND:OLD=NEW`. Throws `invalid-input`. */
export function parseMapOption(text: string): MapOverride {
  const [, name, rename] = /^([a-z]+):([^]+)$/.exec(text) ?? []
  const kind = MapKind.safeParse(name)
  if (!kind.success || rename === undefined || !/^[^]+=[^]+$/.test(rename)) {
    throw new AppError(
      'invalid-input',
      `--map ${text} is not understood; write it as KIND:OLD=NEW, where KIND is one of ${MapKind.options.join(', ')}.`,
    )
  }
  return { kind: kind.data, rename }
}

/**
 * The new names that overrides of one kind give, by old name. `candidates` are the old names that there are; the
 * longest that fits is meant. Throws `invalid-input` for any other, and where a name is given two.
 */
export function overridesOf(
  kind: MapKind,
  candidates: readonly string[],
  overrides: readonly MapOverride[],
): ReadonlyMap<string, string> {
  const longestFirst = [...new Set(candidates)].sort((a, b) => b.length - a.length)
  const renamed = new Map<string, string>()
  for (const { rename } of overrides.filter((override) => override.kind === kind)) {
    const old = longestFirst.find((name) => rename.startsWith(`${name}=`) && rename.length > name.length + 1)
    if (old === undefined) throw unknownName(kind, rename, candidates)
    if (renamed.has(old)) {
      throw new AppError(
        'invalid-input',
        `--map names the ${nouns[kind]} ${old} twice; nothing was changed. Give it one new name.`,
      )
    }
    renamed.set(old, rename.slice(old.length + 1))
  }
  return renamed
}

function unknownName(kind: MapKind, rename: string, candidates: readonly string[]): AppError {
  const old = rename.slice(0, rename.indexOf('='))
  const known = [...new Set(candidates)].sort()
  const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new AppError(
    'invalid-input',
    `The backup has no ${nouns[kind]} ${old}: ${list}. Nothing was changed.`,
    {
      details: { candidates: known },
    },
  )
}
