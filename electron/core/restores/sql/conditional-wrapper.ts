import { conditional, isActive } from './lexing.ts'
import type { Lexing, TargetServer } from './lexing.ts'

const closing = '*/'

/**
 * A statement that dump tools wrap in conditional comments, `/*!50003 CREATE*\/ /*!50017 DEFINER=…*\/ /*!50003 TRIGGER …*\/`,
 * without them. Comments within the body stay, also conditional ones.
 */
export function unwrapped(text: string, { backslash, ansiQuotes }: Lexing, server: TargetServer): string {
  let flat = ''
  let depth = 0
  let dropping = false
  const piece = /'|"|`|#[^\n]*|--(?=[\x00-\x20]|$)[^\n]*|\/\*(?!M?!)[^]*?(?:\*\/|$)|\/\*M?!(?:\d{5,6})?|\*\//g
  let from = 0
  const add = (to: number): void => {
    if (!dropping) flat += text.slice(from, to)
  }
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    const [mark] = found
    const end = found.index + mark.length
    if (/^['"`]/.test(mark)) {
      const escapes = mark !== '`' && backslash && !(mark === '"' && ansiQuotes)
      piece.lastIndex = afterQuoted(text, found.index, escapes)
    } else if (/^\/\*M?!/.test(mark)) {
      if (depth === 0) {
        add(found.index)
        conditional.lastIndex = found.index
        const [, mariadb = '', version = '0'] = conditional.exec(text) ?? []
        dropping = !isActive({ mariadb: mariadb !== '', version: Number(version) }, server)
        from = end
      }
      depth += 1
    } else if (mark === closing && depth > 0) {
      depth -= 1
      if (depth === 0) {
        add(found.index)
        dropping = false
        from = end
      }
    }
  }
  add(text.length)
  return flat
}

function afterQuoted(text: string, from: number, escapes: boolean): number {
  const quote = text[from]
  let at = from + 1
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' && escapes ? 2 : 1
  return at + 1
}
