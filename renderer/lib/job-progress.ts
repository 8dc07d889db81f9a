import { formatBytes } from '../../shared/format.ts'
import { formatTimeLeft } from '../../shared/format-time.ts'
import type { Job } from '../../shared/model/job.ts'

/** How far a job is, from 0 to 1; null where nobody knows. */
export function fractionOf({ progress }: Job): number | null {
  if (progress === null || progress.totalBytes === null || progress.totalBytes === 0) return null
  return Math.min(1, progress.bytes / progress.totalBytes)
}

/** `61%`; empty where nobody knows. */
export function percentOf(job: Job): string {
  const fraction = fractionOf(job)
  return fraction === null ? '' : `${Math.floor(fraction * 100)}%`
}

/** `41.8 MB/s · about 3 min left`, as far as it is known. */
export function rateOf({ progress }: Job): string {
  if (progress === null || progress.rate === 0) return ''
  const left = progress.secondsLeft === null ? [] : [formatTimeLeft(progress.secondsLeft)]
  return [`${formatBytes(progress.rate)}/s`, ...left].join(' · ')
}

/** Both. */
export function speedOf(job: Job): string {
  return [percentOf(job), rateOf(job)].filter(Boolean).join(' · ') || (job.progress?.phase ?? 'waiting')
}

const scopeWords = {
  full: 'Full',
  files: 'Files only',
  databases: 'Databases only',
  email: 'Email only',
} as const
const kindWords = {
  backup: 'Backup',
  verify: 'Verify',
  restore: 'Restore',
  undo: 'Undo',
  rollback: 'Take back',
  drill: 'Drill',
  copy: 'Copy',
  prune: 'Thin out',
} as const satisfies Record<Job['kind'], string>

/** What a job is about: the source's name, and what is done with it. */
export function jobWords({ title, kind, request }: Job): { readonly about: string; readonly what: string } {
  if (request === null) return { about: title, what: kindWords[kind] }
  return { about: request.source, what: kind === 'backup' ? scopeWords[request.scope] : kindWords[kind] }
}
