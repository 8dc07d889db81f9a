import { AppError } from '../../../shared/errors.ts'

const fatal = new Set([
  'cancelled',
  'connection-lost',
  'interrupted',
  'unreachable',
  'no-space',
  'write-failed',
  'internal',
])

/**
 * Lets through what a collector must not survive: cancellation, a lost connection, a full disk here, and errors that
 * nobody foresaw. Returns otherwise, with the sentence of what one item of it ran into.
 */
export function sentenceOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted || !(error instanceof AppError) || fatal.has(error.code)) throw error
  return error.message
}
