import { AppError } from '../../../shared/errors.ts'
import type { Backup, ComponentKind } from '../../../shared/model/backup.ts'

/** True where a backup is complete, and one of its copies was verified and found good. */
export function isGood(backup: Backup): boolean {
  return backup.result === 'succeeded' && backup.copies.some(({ verified }) => verified?.ok === true)
}

/** Whether a backup has the component; null: any. */
export function holds(backup: Backup, kind: ComponentKind | null): boolean {
  return kind === null || backup.components.some((each) => each.kind === kind && each.status !== 'missing')
}

/** What a restore or a drill made for itself: found by its id or name, never meant by `latest`. */
function isPassing({ trigger }: Backup): boolean {
  return trigger === 'safety' || trigger === 'drill'
}

/** `alice_2026-04-08` and `_2` behind it, out of an archive's name. */
function stemOfName(name: string): string {
  return name.replace(/\.tar\.gz(\.age)?$/, '')
}

function one(found: readonly Backup[], reference: string): Backup {
  const [first, ...more] = found
  if (!first)
    throw new AppError('not-found', `No backup is called ${JSON.stringify(reference)}. See: holdfast backups`)
  if (more.length > 0) {
    const candidates = found.map(({ id, name, server, source }) => ({
      id,
      name,
      source: `${server}/${source}`,
    }))
    const listed = candidates.map(({ id, source }) => `${id} (${source})`).join(', ')
    throw new AppError(
      'ambiguous',
      `${JSON.stringify(reference)} may be one of ${listed}. Nothing was done; use the id.`,
      { details: { candidates } },
    )
  }
  return first
}

/**
 * Finds the backup that a person means: an id, an archive name, or `SERVER/SOURCE@latest`, `@DATE`, `@DATE_N`.
 * `latest` is the newest complete, verified one that holds what is asked. `backups` come newest first.
 * Throws `not-found`, or `ambiguous` with the candidates.
 */
export function selectBackup(
  backups: readonly Backup[],
  reference: string,
  { holding = null }: { readonly holding?: ComponentKind | null } = {},
): Backup {
  const exact = backups.filter(
    ({ id, copies }) => id === reference || copies.some(({ name }) => name === reference),
  )
  if (exact.length > 0) return one(exact, reference)
  const at = reference.lastIndexOf('@')
  const slash = reference.indexOf('/')
  if (at < 0 || slash < 0 || slash > at) return one([], reference)
  const [server, source, which] = [
    reference.slice(0, slash),
    reference.slice(slash + 1, at),
    reference.slice(at + 1),
  ]
  const series = backups.filter((backup) => backup.server === server && backup.source === source)
  if (which === 'latest') {
    const good = series.find((backup) => isGood(backup) && !isPassing(backup) && holds(backup, holding))
    if (good) return good
    throw new AppError(
      'not-found',
      `${server}/${source} has no complete, verified backup. See: holdfast backups ${server}/${source}`,
    )
  }
  return one(
    series.filter(({ copies }) => copies.some(({ name }) => stemOfName(name).endsWith(`_${which}`))),
    reference,
  )
}
