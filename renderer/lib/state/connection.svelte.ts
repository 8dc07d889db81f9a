import type { Door, DoorState } from '../door.ts'

/** Whether the product answers. */
export class Connection {
  state = $state<DoorState>('connecting')
  readonly host: Door['host']
  readonly retry: () => void

  constructor(door: Door) {
    this.host = door.host
    this.retry = () => door.retry()
    door.onState((state) => (this.state = state))
  }
}
