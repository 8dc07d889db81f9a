import type { Client } from '../../shared/client.ts'

/**
 * How the page reaches the product. `lost`: it does not answer and is tried again. `signed-out`: this page may not
 * speak to it and never will again.
 */
export type DoorState = 'connecting' | 'open' | 'lost' | 'signed-out'

export interface Door {
  readonly client: Client
  /** Called at once with the state of the moment, then with each new one. */
  onState(listener: (state: DoorState) => void): void
  /** Tries again now instead of when it is time. */
  retry(): void
  readonly host: 'desktop' | 'browser'
}
