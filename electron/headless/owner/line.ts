import type { CallOptions, Reply } from '../../../shared/client.ts'
import type { Method } from '../../../shared/contract.ts'
import type { AppEvent } from '../../../shared/events.ts'

/** The way to the product while one process owns the data folder: in this process, or through the owner. */
export interface Line extends AsyncDisposable {
  /** Resolves to null where the owner left without carrying the call out: the next owner may be asked. */
  call(method: Method, input: unknown, options?: CallOptions): Promise<Reply | null>
  onEvent(listener: (event: AppEvent) => void): void
  /** Aborted, with an `AppError` as reason, when the owner is gone without having said so. */
  readonly closed: AbortSignal
}
