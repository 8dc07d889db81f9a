import type { DumpContents } from './dump-contents.ts'
import type { Contents, TargetServer } from './target-server.ts'

/** What the extensions of a dump mean for the target. */
export interface NeededExtensions {
  /** Made by the administrator before the dump is read, as the database that is replaced has them already. */
  readonly provided: readonly { readonly name: string; readonly schema: string }[]
  /** Not installed over there. */
  readonly missing: readonly string[]
  /** Installed, but only an administrator may make them, and none has for this database. */
  readonly forbidden: readonly string[]
}

/** Sorts out which extensions a dump needs and who may make them. A dump alone never has an administrator make one. */
export function neededExtensions(
  { entries }: DumpContents,
  server: TargetServer,
  now: Contents | null,
): NeededExtensions {
  const names = entries.flatMap(({ kind, tag }) => (kind === 'EXTENSION' ? [tag] : []))
  const known = new Map(server.extensions.map(({ name, trusted }) => [name, trusted]))
  const special = names.filter((name) => known.get(name) === false)
  const has = (name: string) => now?.extensions.find((one) => one.name === name)
  return {
    provided: special.flatMap((name) => has(name) ?? []),
    missing: names.filter((name) => !known.has(name)),
    forbidden: special.filter((name) => has(name) === undefined),
  }
}
