/** Every screen, as the address after `#` names it. */
export type Route =
  | { readonly screen: 'overview' }
  | { readonly screen: 'server'; readonly server: string }
  | { readonly screen: 'unknown'; readonly path: string }

/** A screen that there is. */
export type KnownRoute = Exclude<Route, { screen: 'unknown' }>

const overview: Route = { screen: 'overview' }

/** The screen of an address's fragment: `#/servers/web1`. Never throws. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '')
  const parts = path.split('/').filter(Boolean).map(decode)
  if (parts.length === 0) return overview
  if (parts[0] === 'servers' && parts[1] !== undefined && parts.length === 2)
    return { screen: 'server', server: parts[1] }
  return { screen: 'unknown', path }
}

/** The address of a screen. */
export function hrefOf(route: KnownRoute): string {
  switch (route.screen) {
    case 'overview':
      return '#/'
    case 'server':
      return `#/servers/${encodeURIComponent(route.server)}`
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
