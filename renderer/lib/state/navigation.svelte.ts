import { hrefOf, parseRoute, type KnownRoute, type Route } from '../../routes.ts'

/** The screen that the address names. */
export class Navigation {
  route = $state.raw<Route>({ screen: 'overview' })

  readonly #page: Window

  constructor(page: Window) {
    this.#page = page
    const read = () => (this.route = parseRoute(page.location.hash))
    page.addEventListener('hashchange', read)
    read()
  }

  go(route: KnownRoute): void {
    this.#page.location.hash = hrefOf(route)
  }
}
