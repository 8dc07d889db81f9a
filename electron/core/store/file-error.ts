import { AppError, type ErrorCode } from '../../../shared/errors.ts'

/** The system's name of what went wrong (`ENOSPC` …), or null where the value is no system error. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

interface Meaning {
  readonly code: ErrorCode
  readonly what: string
  readonly advice: string
}

const failedWrite: Meaning = {
  code: 'write-failed',
  what: 'the system refused or the disk is failing',
  advice: 'Check the disk, then try again.',
}
const noSpace: Meaning = {
  code: 'no-space',
  what: 'there is no space left',
  advice: 'Free some space, then try again.',
}
const notAllowed: Meaning = {
  code: 'permission-denied',
  what: 'writing is not allowed there',
  advice: 'Check the owner and the rights of the folder, and that the disk is not read-only.',
}

function meaningOf(errno: string | null): Meaning {
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return noSpace
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return notAllowed
    default:
      return failedWrite
  }
}

/**
 * The `AppError` of a file operation that failed while storing something: `no-space`, `permission-denied` or
 * `write-failed`. An `AppError` is returned as it is.
 * @param action what was tried, as the beginning of a sentence: `Could not save servers.json`
 * @param kept what was not lost, as a sentence
 */
export function storingError(error: unknown, action: string, kept: string): AppError {
  if (error instanceof AppError) return error
  const errno = errnoOf(error)
  const { code, what, advice } = meaningOf(errno)
  return new AppError(code, `${action}: ${what}. ${kept} ${advice}`, {
    cause: error,
    details: errno === null ? {} : { errno },
  })
}
