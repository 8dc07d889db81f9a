import { unreachable } from '../../shared/errors.ts'
import type { BackupCopy } from '../../shared/model/backup.ts'
import type { SourceState } from '../../shared/model/fleet.ts'

export type Mark = 'held' | 'run' | 'warn' | 'fail'

/** The shape and colour of a state. */
export function markOf(state: SourceState): Mark {
  switch (state) {
    case 'protected':
      return 'held'
    case 'running':
      return 'run'
    case 'blocked':
    case 'failed':
      return 'fail'
    case 'never':
    case 'partial':
    case 'stale':
    case 'not-verified':
    case 'not-off-server':
      return 'warn'
    default:
      return unreachable(state)
  }
}

/** A state in a word or two, for titles and screen readers. */
export const stateWords = {
  protected: 'Protected',
  running: 'Backing up now',
  blocked: 'Blocked: another host key',
  failed: 'Failed',
  never: 'No backup yet',
  partial: 'Something is missing',
  stale: 'Too old',
  'not-verified': 'Not verified',
  'not-off-server': 'Only on the server itself',
} as const satisfies Record<SourceState, string>

/** Copies as their tags show them. */
export function copyMarks(copies: readonly BackupCopy[]) {
  return copies.map(({ destination, verified }) => ({
    place: destination,
    kind: 'local' as const,
    state:
      verified === null || verified.level === 'stored'
        ? ('wait' as const)
        : verified.ok
          ? ('held' as const)
          : ('fail' as const),
  }))
}
