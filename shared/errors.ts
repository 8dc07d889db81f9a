/**
 * Every way in which Holdfast can fail, once: the exit code of the command line, the HTTP status of the
 * localhost door, and whether trying again without a change can help.
 */
export const errorCodes = {
  internal: { exit: 1, http: 500, retryable: false },
  'invalid-input': { exit: 2, http: 400, retryable: false },
  ambiguous: { exit: 2, http: 400, retryable: false },
  unsupported: { exit: 2, http: 400, retryable: false },
  partial: { exit: 3, http: 200, retryable: false },
  'not-found': { exit: 4, http: 404, retryable: false },
  conflict: { exit: 5, http: 409, retryable: false },
  busy: { exit: 5, http: 409, retryable: true },
  'secrets-locked': { exit: 6, http: 423, retryable: false },
  'secrets-unavailable': { exit: 6, http: 423, retryable: false },
  'auth-failed': { exit: 7, http: 401, retryable: false },
  'key-missing': { exit: 7, http: 403, retryable: false },
  'recovery-key-needed': { exit: 5, http: 409, retryable: false },
  'host-key-unknown': { exit: 8, http: 403, retryable: false },
  'host-key-changed': { exit: 8, http: 403, retryable: false },
  'host-key-revoked': { exit: 8, http: 403, retryable: false },
  'permission-denied': { exit: 9, http: 403, retryable: false },
  unreachable: { exit: 10, http: 502, retryable: true },
  'connection-lost': { exit: 10, http: 502, retryable: true },
  'algorithm-refused': { exit: 10, http: 502, retryable: false },
  interrupted: { exit: 10, http: 502, retryable: true },
  'rate-limited': { exit: 11, http: 429, retryable: true },
  'no-space': { exit: 12, http: 507, retryable: false },
  'remote-failed': { exit: 13, http: 502, retryable: false },
  'tool-missing': { exit: 13, http: 502, retryable: false },
  'write-failed': { exit: 14, http: 500, retryable: false },
  corrupt: { exit: 14, http: 422, retryable: false },
  cancelled: { exit: 130, http: 499, retryable: false },
} as const satisfies Record<string, { exit: number; http: number; retryable: boolean }>

export type ErrorCode = keyof typeof errorCodes

/** Plain, JSON-safe facts about a failure. Never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/**
 * The only error that Holdfast throws on purpose. `message` is one sentence for a person: what happened, what
 * was not lost, what to do. Code decides by `code`, never by the text.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details
  }
}

/** An error as it crosses a door. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: ErrorDetails | undefined
}

/**
 * What a door may show of any thrown value. Unknown errors become `internal` with a fixed sentence: their text
 * may hold anything, so it goes to the log only.
 */
export function toWire(error: unknown): WireError {
  if (error instanceof AppError) {
    return error.details === undefined
      ? { code: error.code, message: error.message }
      : { code: error.code, message: error.message, details: error.details }
  }
  return {
    code: 'internal',
    message:
      'Holdfast ran into an unexpected problem. Nothing that was stored is lost; the log has the cause.',
  }
}

/** The error that `toWire` was made from, for the caller on the other side of a door. */
export function fromWire(wire: WireError): AppError {
  return new AppError(wire.code, wire.message, wire.details === undefined ? {} : { details: wire.details })
}

/** True for an `AppError` of this code. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code
}

/** Throws where a signal was aborted: its own `AppError` reason, or `cancelled`. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancellation(signal)
}

/** The `AppError` that an aborted signal stands for. */
export function cancellation(signal: AbortSignal): AppError {
  if (signal.reason instanceof AppError) return signal.reason
  return new AppError('cancelled', 'Cancelled. What was finished before stays as it was.', {
    cause: signal.reason,
  })
}

/** Marks a switch as exhaustive; reached only if types were bypassed. */
export function unreachable(value: never): never {
  throw new AppError('internal', `Unexpected value ${JSON.stringify(value)}.`)
}
