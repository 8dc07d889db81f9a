/** The globs that concern one root, both as `find` asks for them and as this side does. */
export interface ExcludeGlobs {
  /** An expression for `find -P .` that is true for what is left out. Its operands are data: nothing is escaped. */
  readonly findArgs: readonly string[]
  /** Whether a path below the root, or a folder on the way to it, is left out. */
  matches(path: Buffer): boolean
}

/**
 * Globs as of fnmatch(3): `*`, `?`, `[…]` and backslash; `*` also crosses slashes. A glob without a slash means a
 * name anywhere; one that begins with the root's absolute path means below there; any other is anchored to the home
 * and means nothing elsewhere. A slash at the end changes nothing. They match bytes, and never the root itself.
 */
export function excludeGlobs(
  globs: readonly string[],
  root: { readonly path: string; readonly isHome: boolean },
): ExcludeGlobs {
  const findArgs: string[] = []
  const names: RegExp[] = []
  const paths: RegExp[] = []
  for (const glob of globs) {
    const anchored = glob.includes('/')
    const pattern = anchored ? belowRoot(glob.replace(/\/+$/, ''), root) : glob
    if (pattern === '') continue
    findArgs.push(...(findArgs.length > 0 ? ['-o'] : []), anchored ? '-path' : '-name')
    findArgs.push(anchored ? `./${pattern}` : pattern)
    if (anchored) paths.push(globRegExp(pattern))
    else names.push(globRegExp(pattern))
  }
  return {
    findArgs: findArgs.length > 0 ? findArgs : ['-false'],
    matches: (path) => {
      const parts = path.toString('latin1').split('/')
      return parts.some(
        (part, at) =>
          names.some((name) => name.test(part)) ||
          paths.some((glob) => glob.test(parts.slice(0, at + 1).join('/'))),
      )
    },
  }
}

function belowRoot(glob: string, root: { readonly path: string; readonly isHome: boolean }): string {
  const start = root.path.replace(/\/+$/, '') + '/'
  if (glob.startsWith(start)) return glob.slice(start.length)
  return root.isHome ? glob.replace(/^(\.?\/)+/, '') : ''
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t-\\r',
  blank: ' \\t',
  punct: '!-\\/:-@[-`{-~',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
  xdigit: '0-9A-Fa-f',
}

/** The glob as fnmatch(3) reads it in the C locale, for names as latin1 strings, a byte a character. */
function globRegExp(glob: string): RegExp {
  const bytes = Buffer.from(glob).toString('latin1')
  const token = /\\([^])|\[(!|\^)?(\]?(?:\[:[a-z]+:\]|\\[^]|[^\]\\])*)\]|([^])/g
  const source = bytes.replace(
    token,
    (_, escaped?: string, not?: string, set?: string, character?: string) => {
      if (set !== undefined) return bracket(set, not !== undefined)
      if (character === '*') return '[^]*'
      if (character === '?') return '[^]'
      return literal(escaped ?? character ?? '')
    },
  )
  return new RegExp(`^${source}$`)
}

function bracket(set: string, negated: boolean): string {
  const body = set.replace(
    /\[:([a-z]+):\]|\\([^])|([^])/g,
    (_, name?: string, escaped?: string, one?: string) =>
      name !== undefined ? (classes[name] ?? '') : one === '-' ? '-' : literal(escaped ?? one ?? ''),
  )
  return `[${negated ? '^' : ''}${body}]`
}

function literal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
