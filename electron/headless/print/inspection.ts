import { formatBytes, plural } from '../../../shared/format.ts'
import type {
  ArchiveFileKind,
  ArchiveInspection,
  RecognisedComponent,
} from '../../../shared/model/archive-file.ts'
import { table } from './table.ts'

const makers: Readonly<Record<ArchiveFileKind, string>> = {
  holdfast: 'an archive of Holdfast',
  'holdfast-repacked': 'an archive of Holdfast that was taken apart and packed again, or is damaged',
  cpanel: 'a cPanel account',
  hestia: 'a Hestia or Vesta account',
  directadmin: 'a DirectAdmin account',
  'by-shape': 'an archive of a tool that is not known',
}

/** What an inspection says, for people: first what it is, then what was recognised, then what was not. */
export function inspectionText(found: ArchiveInspection): string {
  const of = found.user === null ? '' : `, of ${found.user}`
  return [
    `${found.path} is ${makers[found.kind]}${of} (${formatBytes(found.size)}).`,
    ...found.evidence,
    trustLine(found),
    ...found.faults.map((fault) => `Damaged: ${fault}`),
    '',
    found.components.length === 0 ? 'Nothing was recognised.' : componentTable(found.components),
    ...found.components.flatMap(({ name, warnings }) => warnings.map((warning) => `  ${name}: ${warning}`)),
    ...hashesLine(found),
    ...section(
      'Data of the panel, which only the panel can use (under other/)',
      found.panelData,
      ({ what }) => what,
    ),
    ...section('Not recognised (under other/)', found.unrecognised, ({ why }) => why),
    ...refusedLines(found),
  ].join('\n')
}

function trustLine({ complete, trusted }: ArchiveInspection): string {
  if (complete) return 'It is complete: every byte was read, and its counts and hashes agree.'
  return trusted
    ? 'It is whole, but the backup is partial: see below what is missing.'
    : 'Nothing in it can prove that it is complete. Setuid bits and the like will not be restored from it.'
}

function componentTable(components: readonly RecognisedComponent[]): string {
  const rows = components.map(({ kind, name, items, bytes, messages, from }) => [
    kind,
    name,
    messages === null ? plural(items, 'item') : plural(messages, 'message'),
    formatBytes(bytes),
    from.length > 3 ? `${from.slice(0, 3).join(', ')}, …` : from.join(', '),
  ])
  return table(['RECOGNISED', 'NAME', 'HOLDS', 'SIZE', 'FROM'], rows)
}

function hashesLine({ hashes: { unix, mailboxes, databases } }: ArchiveInspection): string[] {
  if (unix + mailboxes + databases === 0) return []
  return [
    `Password hashes: ${unix} of the account, ${mailboxes} of mailboxes, ${databases} of database users.`,
  ]
}

interface Group {
  readonly path: string
  readonly items: number
  readonly bytes: number
}

function section<T extends Group>(title: string, groups: readonly T[], why: (group: T) => string): string[] {
  if (groups.length === 0) return []
  const rows = groups.map((group) => [
    `  ${group.path}`,
    plural(group.items, 'item'),
    formatBytes(group.bytes),
    why(group),
  ])
  return ['', `${title}:`, table(['  PATH', 'HOLDS', 'SIZE', 'WHAT'], rows)]
}

function refusedLines({ refused, refusedCount }: ArchiveInspection): string[] {
  if (refusedCount === 0) return []
  const more = refusedCount > refused.length ? [`  … and ${refusedCount - refused.length} more`] : []
  return ['', 'Refused, and not to be had:', ...refused.map(({ path, why }) => `  ${path}: ${why}`), ...more]
}
