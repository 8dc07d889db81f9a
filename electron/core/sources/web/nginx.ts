import { posix } from 'node:path'
import { documentRoot, domainNames, included } from './web-files.ts'
import type { VirtualHost, WebFiles } from './web-files.ts'

interface Directive {
  readonly words: readonly string[]
  readonly block: readonly Directive[] | null
  readonly file: string
}

const token =
  /\s+|#[^\n]*|([{};])|"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|((?:[^\s{};"'#\\]|\\[^]|\$\{[^}]*\})(?:\$\{[^}]*\}|[^\s{};\\]|\\[^])*)/gy

interface Token {
  readonly text: string
  readonly mark: boolean
}

/** Words, and the marks `{`, `}` and `;`. What cannot be a token is passed over by one character. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const scan = new RegExp(token)
  while (scan.lastIndex < text.length) {
    const at = scan.lastIndex
    const match = scan.exec(text)
    if (match === null) {
      scan.lastIndex = at + 1
      continue
    }
    const [, mark, double, single, bare] = match
    const word = double ?? single ?? bare
    if (mark !== undefined) tokens.push({ text: mark, mark: true })
    else if (word !== undefined) tokens.push({ text: word.replaceAll(/\\(["'\\ ;{}])/g, '$1'), mark: false })
  }
  return tokens
}

function parse(text: string, file: string): Directive[] {
  const stack: { words: string[]; children: Directive[] }[] = [{ words: [], children: [] }]
  let words: string[] = []
  for (const { text: word, mark } of tokensOf(text)) {
    const top = stack.at(-1)
    if (top === undefined) break
    if (!mark) words.push(word)
    else if (word === '{') {
      stack.push({ words, children: [] })
      words = []
    } else if (word === ';') {
      if (words.length > 0) top.children.push({ words, block: null, file })
      words = []
    } else if (stack.length > 1) {
      stack.pop()
      stack.at(-1)?.children.push({ words: top.words, block: top.children, file })
      words = []
    }
  }
  return stack[0]?.children ?? []
}

function expand(
  directives: readonly Directive[],
  files: WebFiles,
  base: string,
  open: readonly string[],
): Directive[] {
  return directives.flatMap((directive): Directive[] => {
    const [name, pattern] = directive.words
    if (name === 'include' && pattern !== undefined && directive.block === null) {
      return included(files, base, pattern)
        .filter((path) => !open.includes(path) && open.length < 16)
        .flatMap((path) => expand(parse(files.get(path) ?? '', path), files, base, [...open, path]))
    }
    if (directive.block === null) return [directive]
    return [{ ...directive, block: expand(directive.block, files, base, open) }]
  })
}

function* within(directives: readonly Directive[]): Generator<Directive> {
  for (const directive of directives) {
    yield directive
    if (directive.block !== null) yield* within(directive.block)
  }
}

/** Blocks named `name`, wherever they stand, but not those inside one another. */
function* blocks(directives: readonly Directive[], name: string): Generator<Directive> {
  for (const directive of directives) {
    if (directive.block === null) continue
    if (directive.words[0] === name) yield directive
    else yield* blocks(directive.block, name)
  }
}

function hostOf(server: Directive, base: string): VirtualHost {
  const all = [...within(server.block ?? [])]
  const valuesOf = (name: string) =>
    all.filter((one) => one.words[0] === name).flatMap((one) => one.words.slice(1))
  const certificates = ['ssl_certificate', 'ssl_certificate_key'].flatMap(valuesOf)
  const roots = valuesOf('root').map((root) => documentRoot(root, base))
  return {
    file: server.file,
    names: domainNames(valuesOf('server_name')),
    roots: [...new Set(roots.filter((root) => root !== null))],
    pools: [...new Set(valuesOf('fastcgi_pass').map((pool) => pool.replace(/^unix:/, '')))],
    certificates: [...new Set(certificates.filter((path) => /^\/[^$]+$/.test(path)))],
  }
}

/**
 * The virtual hosts that nginx serves, as far as its files tell: `main` with its includes where it is there, else
 * every file on its own. Follows `include` within the files at hand, never endlessly. Broken files yield what
 * can be read of them.
 */
export function nginxHosts(files: WebFiles, main: string): VirtualHost[] {
  const base = posix.dirname(main)
  const start = files.has(main)
    ? [main]
    : [...files.keys()].filter((path) => !path.includes('/sites-available/'))
  const hosts = start.flatMap((path) => {
    const tree = expand(parse(files.get(path) ?? '', path), files, base, [path])
    return [...blocks(tree, 'server')].map((server) => hostOf(server, base))
  })
  return hosts.filter((host) => host.roots.length > 0 || host.names.length > 0)
}
