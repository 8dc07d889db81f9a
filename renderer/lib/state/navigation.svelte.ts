import { parseRoute, type Route } from '../../routes.ts'

/** The screen that the address names. */
export class Navigation {
  route = $state.raw<Route>({ screen: 'overview' })

  constructor(page: Window) {
    const read = () => (this.route = parseRoute(page.location.hash))
    page.addEventListener('hashchange', read)
    read()
  }
}
