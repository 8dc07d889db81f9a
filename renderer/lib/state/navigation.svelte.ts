import { hrefOf, parseRoute, type KnownRoute, type Route } from '../../routes.ts'

/** The screen that the address names. */
export class Navigation {
  route = $state.raw<Route>({ screen: 'overview' })

  /** Where somebody wanted to go while a screen holds them; that screen asks, then lets go or stays. */
  wanted = $state<string | null>(null)
  /** Whether leaving the screen would lose something. Set by the screen, for as long as it is there. */
  holds: () => boolean = () => false
  #here = ''

  readonly #page: Window

  constructor(page: Window) {
    this.#page = page
    this.#take()
    page.addEventListener('hashchange', () => {
      if (page.location.hash === this.#here) return
      if (!this.holds()) {
        this.#take()
        return
      }
      this.wanted = page.location.hash
      page.history.replaceState(null, '', this.#here === '' ? '#/' : this.#here)
    })
    page.addEventListener('beforeunload', (event) => {
      if (this.holds()) event.preventDefault()
    })
  }

  /** Goes where somebody wanted to go, whatever is lost. */
  letGo(): void {
    const to = this.wanted
    this.wanted = null
    this.holds = () => false
    if (to !== null) this.#page.location.hash = to
  }

  stay(): void {
    this.wanted = null
  }

  #take(): void {
    this.#here = this.#page.location.hash
    this.route = parseRoute(this.#here)
  }

  go(route: KnownRoute): void {
    this.#page.location.hash = hrefOf(route)
  }
}
