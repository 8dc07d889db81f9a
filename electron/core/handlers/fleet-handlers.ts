import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { fleet } from '../fleet/fleet.ts'

type FleetHandlers = Pick<Handlers, 'fleet.show'>

/** How everything stands. */
export function fleetHandlers(app: App): FleetHandlers {
  return { 'fleet.show': (options) => fleet(app, options) }
}
