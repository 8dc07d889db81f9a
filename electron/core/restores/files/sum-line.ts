const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', '\\': '\\' }

/** A line of sha256sum, which escapes names with a newline or a backslash; null for any other line. */
export function escapedName(line: Buffer): { readonly path: Buffer; readonly hash: string } | null {
  const match = /^(\\?)([0-9a-f]{64}) [ *](?:\.\/)?([^]*)$/.exec(line.toString('latin1'))
  if (match === null) return null
  const [, escaped, hash = '', name = ''] = match
  const plain = escaped === '' ? name : name.replace(/\\([\\nr])/g, (_, c: string) => escapes[c] ?? c)
  return { path: Buffer.from(plain, 'latin1'), hash }
}
