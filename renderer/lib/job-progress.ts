import { formatBytes } from '../../shared/format.ts'
import { formatTimeLeft } from '../../shared/format-time.ts'
import type { Job } from '../../shared/model/job.ts'
import { scopeWords } from './backup-words.ts'

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

/** `3 min left`: how long it will take where there is little room. Empty where nobody knows. */
export function leftOf({ progress }: Job): string {
  if (progress === null || progress.secondsLeft === null) return ''
  return formatTimeLeft(progress.secondsLeft).replace(/^(about|less than) /, '')
}

/** `41.8 MB/s · 3 min left`, as far as it is known. */
export function rateOf(job: Job): string {
  const { progress } = job
  if (progress === null || progress.rate === 0) return ''
  return [`${formatBytes(progress.rate)}/s`, leftOf(job)].filter(Boolean).join(' · ')
}

const phaseWords: Readonly<Record<string, string>> = {
  connecting: 'Connecting',
  verifying: 'Reading it back',
}

/** What a job is at: a component, or `Connecting`; `Waiting` where it has not begun. */
export function phaseOf({ progress }: Job): string {
  return progress === null ? 'Waiting' : (phaseWords[progress.phase] ?? progress.phase)
}

/** Both. */
export function speedOf(job: Job): string {
  return [percentOf(job), rateOf(job)].filter(Boolean).join(' · ') || phaseOf(job)
}

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

/** `Back up cedarlaw`, `Verify alice_2026-04-08.tar.gz`. */
export function jobTitle(job: Job): string {
  const { about } = jobWords(job)
  return job.kind === 'backup' ? `Back up ${about}` : `${kindWords[job.kind]} ${about}`
}

/** `11.4 of 18.6 GB` in their own units, as far as it is known; empty where nothing is. */
export function bytesOf({ progress }: Job): string {
  if (progress === null || progress.bytes === 0) return ''
  const done = formatBytes(progress.bytes)
  if (progress.totalBytes === null) return done
  const total = formatBytes(progress.totalBytes)
  const [number, unit] = done.split(' ')
  return total.endsWith(` ${unit}`) ? `${number} of ${total}` : `${done} of ${total}`
}

/** How long a job has run, in milliseconds; null where it has not begun. */
export function ranFor({ startedAt, finishedAt }: Job, { now }: { readonly now: number }): number | null {
  if (startedAt === null) return null
  return Math.max(0, (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt))
}

/** What cancelling a job does; null where it cannot be cancelled here. */
export const cancelWords = {
  backup:
    'The unfinished archive is deleted. Earlier backups stay as they are, and nothing changes on the server.',
  verify: 'The backup stays as it is, and so does the result of its last check.',
  restore: 'What the restore has changed on the server so far is taken back.',
  drill: 'The account that was made for the proof is removed again.',
  copy: null,
  prune: null,
  undo: null,
  rollback: null,
} as const satisfies Record<Job['kind'], string | null>
