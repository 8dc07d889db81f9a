import type { ComponentKind } from '../../../../../shared/model/backup.ts'
import { type Decision, type LayoutSign, type Place, structure, unknown } from './layout.ts'

/** An archive of ours that was taken apart and packed again by other means (FORMAT §2). */
export const repackedSign: LayoutSign = {
  kind: 'holdfast-repacked',
  mark([first, second, third, fourth], type) {
    if (second === undefined) {
      if (type !== 'file') return null
      return ['holdfast.json', 'manifest.json', 'account.json'].includes(first ?? '') ? (first ?? null) : null
    }
    if (first === 'files') return 'files'
    if (first === 'cron' && second === 'crontab') return 'cron/crontab'
    if (first === 'databases' && third !== undefined) {
      if (second === 'mysql' && third.endsWith('.sql')) return 'databases/mysql'
      if (second === 'postgresql' && third.endsWith('.dump')) return 'databases/postgresql'
    }
    return first === 'mail' && fourth !== undefined && /^(?:cur|new|tmp)$/.test(fourth)
      ? 'mail/DOMAIN/BOX'
      : null
  },
  clue: (names) => names.join('/') === 'holdfast.json',
  suffices: (marks) =>
    marks.has('holdfast.json') ||
    marks.has('databases/mysql') ||
    marks.has('databases/postgresql') ||
    (marks.has('files') && marks.size > 1),
  layout({ marks, clues }) {
    const evidence = [`It has ${[...marks.keys()].join(', ')}, as an archive of Holdfast has them.`]
    return { kind: 'holdfast-repacked', user: userOf(clues.get('holdfast.json')), evidence, decide }
  },
}

function userOf(head: Buffer | undefined): string | null {
  try {
    const { source } = JSON.parse(head?.toString() ?? '') as { source?: { kind?: unknown; name?: unknown } }
    return source?.kind === 'account' && typeof source.name === 'string' ? source.name : null
  } catch {
    return null
  }
}

const kinds: Readonly<Record<string, ComponentKind>> = {
  files: 'files',
  paths: 'paths',
  mail: 'mail',
  cron: 'cron',
  config: 'config',
}

function decide({ names, type }: Place): Decision {
  const [first = '', second, third] = names
  const evidence = 'It lies where archives of Holdfast have it.'
  const to = names.join('/')
  if (names.length === 1) {
    if (first === 'account.json' || first === 'credentials.json') {
      return { kind: 'keep', to, component: null, evidence, from: first }
    }
    if (first === 'holdfast.json' || first === 'manifest.json') {
      return { kind: 'panel', what: 'what the archive said of itself before it was repacked', group: first }
    }
  }
  const kind = kinds[first]
  if (kind === 'mail') {
    if (third === undefined)
      return type === 'directory' ? structure : unknown('It lies beside the mailboxes.')
    return {
      kind: 'keep',
      to,
      component: { kind, name: decodedName(second ?? '') },
      evidence,
      from: `mail/${second}`,
    }
  }
  if (kind !== undefined) return { kind: 'keep', to, component: { kind, name: kind }, evidence, from: first }
  if (first === 'databases' && (second === 'mysql' || second === 'postgresql')) {
    if (third === undefined || names.length > 3)
      return type === 'directory' ? structure : unknown('It lies among the dumps, but is none.')
    const name = third.startsWith('_') ? third : decodedName(third.replace(/\.(?:sql|dump)$/, ''))
    return { kind: 'keep', to, component: { kind: second, name }, evidence, from: to }
  }
  if (type === 'directory' && names.length === 1) return structure
  return unknown('It is no part of an archive of Holdfast that is known here.')
}

/** The true name of one that is percent-encoded (FORMAT §2), `_local` as it is; latin1 like all names here. */
function decodedName(name: string): string {
  return name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
