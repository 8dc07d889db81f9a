import type { Draft } from './draft.ts'
import { bareText, lineLiteral, plainCharacters } from './lines.ts'
import type { Literal } from './literal.ts'
import { rewriteLogin, type Field, type RewriteRules } from './login.ts'

const decoded: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r', s: ' ', '\\': '\\' }
/** Groups that client programs read; a server's `user` is a Unix user. */
const clientGroup = /^(client([-_].*)?|mysql|mysqladmin|mysqldump|mysqlimport|mariadb|mariadb-.*)$/

/** An option file of MySQL: `[group]`, `key = value`, comments. Escapes as its manual has them. */
export function rewriteMyCnf(draft: Draft, rules: RewriteRules): void {
  let fields: Map<string, Field> | null = null
  const groups: Map<string, Field>[] = []
  for (const match of draft.text.matchAll(/^[^\r\n]*/gm)) {
    const [text] = match
    const group = /^\s*\[([^\]]*)\]/.exec(text)?.[1]
    if (group !== undefined) {
      fields = clientGroup.test(group.trim()) ? new Map() : null
      if (fields !== null) groups.push(fields)
      continue
    }
    const [head = '', key = ''] = /^\s*([A-Za-z][A-Za-z0-9_-]*)\s*=\s*/.exec(text) ?? []
    if (head === '') {
      const [include = ''] = /^\s*!include(?:dir)?\s+/.exec(text) ?? []
      const path = text.slice(include.length).trimEnd()
      if (include !== '') draft.paths(includePath(path, match.index + include.length), rules.finder)
      continue
    }
    const literal = valueAt(text.slice(head.length), match.index + head.length)
    const name = { user: 'user', password: 'password', database: 'database' }[key.toLowerCase()]
    if (fields !== null && name !== undefined) {
      fields.set(name, { key, at: literal.at[0] ?? match.index, literal })
    } else if (!/pass/i.test(key)) draft.paths(literal, rules.finder)
  }
  const shared = groups.find((one) => one.has('user'))?.get('user')
  for (const group of groups) {
    const [database, user, password] = ['database', 'user', 'password'].map((name) => group.get(name))
    rewriteLogin(draft, { engine: 'mysql', database, user, password }, rules)
    if (user === undefined && password !== undefined) {
      draft.report(
        password.at,
        shared === undefined
          ? 'a password stands here without a user, and was left as it is'
          : 'a password stands here without its user, who is named elsewhere, and was left as it is',
      )
    }
  }
}

function includePath(path: string, at: number): Literal {
  return lineLiteral(path, at, {
    ...plainCharacters,
    encode: (value) => (/[\r\n]/.test(value) ? null : value),
  })
}

function escaped(value: string): string | null {
  return /[\0]/.test(value)
    ? null
    : value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('"', '\\"')
}

function valueAt(rest: string, at: number): Literal {
  const [, quote, inner] = /^(["'])((?:[^"'\\]|\\.|(?!\1)["'])*)\1/.exec(rest) ?? []
  const rules = {
    piece: /\\[btnrs\\"']|[^]/g,
    decode: (piece: string) => (piece.length === 2 ? (decoded[piece[1] ?? ''] ?? piece.slice(1)) : piece),
  }
  if (quote !== undefined && inner !== undefined) {
    const encode = (value: string) => {
      const text = escaped(value)
      return text === null || quote === '"' ? text : text.replaceAll('\\"', '"').replaceAll("'", "\\'")
    }
    return lineLiteral(inner, at + 1, { ...rules, encode })
  }
  const raw = /^[^]*?(?=\s+#|\s*$)/.exec(rest)?.[0] ?? ''
  return lineLiteral(raw, at, {
    ...rules,
    encode: bareText,
    encodeWhole: (value) => {
      const text = escaped(value)
      return bareText(value) ?? (text === null ? null : `"${text}"`)
    },
  })
}
