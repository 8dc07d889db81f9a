import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import { absolute, relative, rootsOf } from '../../collectors/files/roots.ts'
import { mapPath } from '../mapping/map-path.ts'
import type { PlanContext, RestoreContext } from '../restore-context.ts'

/** A tree of the archive and where it goes. */
export interface TreeRoot {
  readonly kind: 'files' | 'paths'
  /** As reports name it: `files`, or `paths /srv/site`. */
  readonly component: string
  /** In the archive. */
  readonly from: Buffer
  /** Absolute, over there. */
  readonly root: Buffer
  /** Wanted paths below; empty for all. */
  readonly items: readonly Buffer[]
  /** Paths below that belong to another component, with its name. */
  readonly held: readonly { readonly path: Buffer; readonly by: string }[]
}

const below = (folder: Buffer, path: Buffer) => relative(folder, path)

/** Further paths that the archive may hold, absolute, as the backup's server called them. */
function furtherPaths({ archive }: RestoreContext): Buffer[] {
  const named = [
    ...(archive.facts?.components.flatMap(({ kind, name }) => (kind === 'paths' ? [name] : [])) ?? []),
    ...(archive.account?.paths ?? []),
    ...(archive.account?.documentRoots ?? []),
  ]
  const unique = new Map(named.map((name) => absolute(name)).map((path) => [path.toString('latin1'), path]))
  return [...unique.values()]
}

/** The trees of an archive that a restore wants, the home first. */
export function wantedTrees(context: Pick<PlanContext, 'items'> & RestoreContext): TreeRoot[] {
  const { archive, mapping, target, items } = context
  const all = [
    { kind: 'files' as const, from: Buffer.from('files'), to: Buffer.from(fromRemoteName(mapping.home.to)) },
    ...furtherPaths(context).map((path) => ({
      kind: 'paths' as const,
      from: Buffer.concat([Buffer.from('paths'), path]),
      to: mapPath(mapping, path),
    })),
  ].filter(({ from }) => archive.reader.stat(from) !== null)
  const outer = all.filter(
    ({ from, kind }) => kind === 'files' || !all.some((other) => below(other.from, from) !== null),
  )
  return outer.flatMap(({ kind, from, to }) => {
    const wanted =
      items?.flatMap((item) => (item.equals(from) ? [Buffer.alloc(0)] : (below(from, item) ?? []))) ?? null
    if (wanted !== null && wanted.length === 0) return []
    const whole = wanted === null || wanted.some((item) => item.length === 0)
    const root = absolute(toRemoteName(to))
    const held = target.source === null ? [] : heldIn(context, root)
    return [
      {
        ...{ kind, from, root, held },
        component: kind === 'files' ? 'files' : `paths ${toRemoteName(root)}`,
        items: whole ? [] : outermost(wanted),
      },
    ]
  })
}

function heldIn({ target, archive, mapping }: RestoreContext, root: Buffer): TreeRoot['held'][number][] {
  const own =
    target.source === null ? [] : (rootsOf(target.source).find(({ path }) => path.equals(root))?.held ?? [])
  const mail = (archive.account?.mailboxes ?? []).flatMap(({ path }) => {
    const place = relative(root, mapPath(mapping, absolute(path)))
    return place === null ? [] : [{ path: place, by: 'mail' }]
  })
  return [...own, ...mail]
}

/** Paths of which none lies below another. */
function outermost(paths: readonly Buffer[]): Buffer[] {
  return paths.filter(
    (path, at) => !paths.some((other, n) => (path.equals(other) && n < at) || below(other, path) !== null),
  )
}
