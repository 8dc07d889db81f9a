import { escapeForDisplay, formatBytes, plural } from '../../../shared/format.ts'
import type { Backup, ComponentSummary, OuterManifest } from '../../../shared/model/backup.ts'

function componentLines({
  kind,
  name,
  status,
  items,
  bytes,
  warnings,
  warningCount,
}: ComponentSummary): string[] {
  const label = kind === name ? kind : `${kind} ${name}`
  const more = warningCount - warnings.length
  return [
    `${label.padEnd(28)} ${status.padEnd(9)} ${plural(items, 'item')}, ${formatBytes(bytes)}`,
    ...warnings
      .slice(0, 20)
      .map(({ code, path, note }) => `    ${code}: ${path}${note === undefined ? '' : ` (${note})`}`),
    ...(warnings.length > 20 || more > 0 ? [`    … ${plural(warningCount, 'warning')} in all`] : []),
  ]
}

/** What one backup holds and what it does not, for people. */
export function describeManifest(backup: Backup, manifest: OuterManifest): string {
  const skipped = manifest.skipped.slice(0, 50).map(({ path, why }) => `  ${path}: ${why}`)
  return [
    `${backup.name}  ${backup.server}/${backup.source}  ${backup.scope}  ${backup.result}`,
    `id        ${backup.id}`,
    `made      ${backup.startedAt} to ${backup.finishedAt}, ${backup.trigger}`,
    `archive   ${formatBytes(manifest.archive.size)}, ${plural(manifest.archive.entries, 'entry', 'entries')}, ${plural(manifest.archive.segments, 'segment')}`,
    ...(manifest.archive.sha256 === undefined ? [] : [`sha256    ${manifest.archive.sha256}`]),
    ...backup.copies.map(
      ({ destination, path, key, verified }) =>
        `copy      ${destination}: ${path ?? key}  ${verified?.ok ? `verified (${verified.level}, ${verified.by === 'checksums' ? 'by checksums' : 'read back'}) ${verified.at}` : 'NOT VERIFIED'}`,
    ),
    ...backup.missing.map(
      ({ destination, message, nextAt }) =>
        `missing   ${destination}: tried again from ${nextAt.slice(0, 16)} (UTC). ${message}`,
    ),
    '',
    ...manifest.components.flatMap(componentLines),
    ...(manifest.skippedCount === 0 ? [] : ['', `Left out (${manifest.skippedCount}):`, ...skipped]),
  ]
    .map(escapeForDisplay)
    .join('\n')
}
