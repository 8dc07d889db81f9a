/** Each text once, in the order of its characters. */
export function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

/** What kind each of some named things is of, by its name. */
export function kindsByName<Kind>(
  all: readonly { readonly name: string; readonly kind: Kind }[],
): ReadonlyMap<string, Kind> {
  return new Map(all.map(({ name, kind }) => [name, kind]))
}
