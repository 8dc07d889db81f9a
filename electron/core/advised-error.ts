import type { Remedy } from '../../shared/advice.ts'
import { AppError, type ErrorCode, type ErrorDetails } from '../../shared/errors.ts'

/** An error whose message tells to do something that hosts call by different names. `details` have its advice. */
export function advisedError(
  code: ErrorCode,
  { remedy, advice }: Remedy,
  options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
): AppError {
  return new AppError(code, remedy, { ...options, details: { ...options.details, advice } })
}
