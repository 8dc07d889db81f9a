/** Names whose texts differ, with the lines that only one of both has. */
export function different(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly {
  readonly key: string
  readonly wanted: readonly string[]
  readonly found: readonly string[]
}[] {
  const without = (text: string | undefined, from: string | undefined) => {
    const lines = new Set(text?.split('\n'))
    return (from?.split('\n') ?? []).filter((line) => !lines.has(line))
  }
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key) !== other.get(key))
    .map((key) => ({
      key,
      wanted: without(other.get(key), one.get(key)),
      found: without(one.get(key), other.get(key)),
    }))
}
