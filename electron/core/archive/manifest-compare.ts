import { isDeepStrictEqual } from 'node:util'
import type { InnerManifest, OuterManifest } from '../../../shared/model/backup.ts'
import type { ArchiveHead } from './archive-head.ts'
import type { Findings } from './verify-report.ts'

/**
 * Compares the manifest beside an archive with the one inside: they are of one run and nobody edited either.
 * `copy` is not compared, it differs between destinations.
 */
export function compareManifests(outer: OuterManifest, inner: InnerManifest, findings: Findings): void {
  const { archive: _archive, index: _index, copy: _copy, ...beside } = outer
  const { restart: _restart, ...inside } = inner
  const fields = new Set([...Object.keys(beside), ...Object.keys(inside)])
  const differing = [...fields].filter(
    (field) => !isDeepStrictEqual(Reflect.get(beside, field), Reflect.get(inside, field)),
  )
  if (differing.length === 0) return
  const run = differing.includes('id') || differing.includes('nonce')
  findings.add(
    'manifest',
    run
      ? 'The manifest beside the archive belongs to another backup.'
      : `The manifest beside the archive was changed: ${differing.join(', ')} differ from the one inside.`,
  )
}

/** The first and the last entry of an archive are of one run. */
export function compareHead(head: ArchiveHead, inner: InnerManifest, findings: Findings): void {
  if (head.id !== inner.id || head.nonce !== inner.nonce) {
    findings.add('tar', 'The first and the last entry of the archive belong to different backups.')
  }
}
