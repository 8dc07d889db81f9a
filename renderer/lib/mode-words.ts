import type { Scope } from '../../shared/model/backup.ts'

/** What a restore brings, as its choice says it. */
export const modeWords = {
  full: 'Full account',
  files: 'Files only',
  databases: 'Databases only',
  email: 'Email only',
  items: 'Single items',
} as const satisfies Record<Scope | 'items', string>
