/** Every screen, as the address after `#` names it. */
export type Route =
  | { readonly screen: 'overview' }
  | { readonly screen: 'server'; readonly server: string }
  | { readonly screen: 'host-key'; readonly server: string }
  /** `alias`: the host of `~/.ssh/config` to begin with. */
  | { readonly screen: 'add-server'; readonly alias: string | null }
  | { readonly screen: 'settings' }
  | { readonly screen: 'destinations' }
  | { readonly screen: 'destination'; readonly destination: string }
  | { readonly screen: 'add-destination' }
  /** `schedule` null: the first one. */
  | { readonly screen: 'schedules'; readonly schedule: string | null }
  /** A schedule that is being made; `source`: the one to begin with. */
  | {
      readonly screen: 'new-schedule'
      readonly source: { readonly server: string; readonly source: string } | null
    }
  | { readonly screen: 'jobs' }
  | { readonly screen: 'job'; readonly job: string }
  | { readonly screen: 'backups' }
  | { readonly screen: 'source'; readonly server: string; readonly source: string }
  | { readonly screen: 'archive'; readonly server: string; readonly source: string; readonly backup: string }
  /** A restore that is being put together: from nothing, from a source, or of (some items of) a backup. */
  | {
      readonly screen: 'restore'
      readonly server: string | null
      readonly source: string | null
      readonly backup: string | null
      readonly items: readonly string[]
    }
  /** All accounts of a server, on another one; `server` null: of which, is to be chosen. */
  | { readonly screen: 'restore-server'; readonly server: string | null }
  /** `undo`: what undoing it would do is shown at once. */
  | { readonly screen: 'restore-run'; readonly job: string; readonly undo?: true }
  | {
      readonly screen: 'compare'
      readonly server: string
      readonly source: string
      /** Two backups by their ids, the older one first. */
      readonly from: string
      readonly to: string
      readonly item: string
    }
  | { readonly screen: 'source-settings'; readonly server: string; readonly source: string }
  | { readonly screen: 'unknown'; readonly path: string }

/** A screen that there is. */
export type KnownRoute = Exclude<Route, { screen: 'unknown' }>

const overview: Route = { screen: 'overview' }

/** A restore of which nothing is chosen yet. */
export const startOfRestore = {
  ...{ screen: 'restore', server: null, source: null, backup: null },
  items: [],
} as const satisfies KnownRoute

/** The screen of an address's fragment: `#/servers/web1`. Never throws. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '')
  const parts = path.split('/').filter(Boolean).map(decode)
  if (parts.length === 0) return overview
  if (parts[0] === 'servers' && parts[1] !== undefined && parts.length === 2)
    return { screen: 'server', server: parts[1] }
  if (parts[0] === 'servers' && parts[1] !== undefined && parts[2] === 'host-key' && parts.length === 3)
    return { screen: 'host-key', server: parts[1] }
  if (parts[0] === 'servers' && parts[1] !== undefined && parts[2] === 'sources' && parts.length === 4)
    return { screen: 'source-settings', server: parts[1], source: parts[3] ?? '' }
  if (parts[0] === 'compare') return compareRoute(parts) ?? { screen: 'unknown', path }
  if (parts[0] === 'add-server' && parts.length <= 2) return { screen: 'add-server', alias: parts[1] ?? null }
  if (parts[0] === 'settings' && parts.length === 1) return { screen: 'settings' }
  if (parts[0] === 'add-destination' && parts.length === 1) return { screen: 'add-destination' }
  if (parts[0] === 'destinations' && parts.length <= 2)
    return parts[1] === undefined
      ? { screen: 'destinations' }
      : { screen: 'destination', destination: parts[1] }
  if (parts[0] === 'schedules' && parts.length <= 2)
    return { screen: 'schedules', schedule: parts[1] ?? null }
  if (parts[0] === 'new-schedule') return newScheduleRoute(parts) ?? { screen: 'unknown', path }
  if (parts[0] === 'jobs') return jobsRoute(parts) ?? { screen: 'unknown', path }
  if (parts[0] === 'backups') return backupsRoute(parts) ?? { screen: 'unknown', path }
  if (parts[0] === 'restore') return restoreRoute(parts)
  if (parts[0] === 'restore-server' && parts.length <= 2)
    return { screen: 'restore-server', server: parts[1] ?? null }
  if (parts[0] === 'restores' && parts[1] !== undefined && parts.length === 2)
    return { screen: 'restore-run', job: parts[1] }
  if (parts[0] === 'restores' && parts[1] !== undefined && parts[2] === 'undo' && parts.length === 3)
    return { screen: 'restore-run', job: parts[1], undo: true }
  return { screen: 'unknown', path }
}

const pathOf = (...parts: readonly string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`

/** The address of a screen. */
export function hrefOf(route: KnownRoute): string {
  switch (route.screen) {
    case 'overview':
      return '#/'
    case 'server':
      return `#/servers/${encodeURIComponent(route.server)}`
    case 'host-key':
      return `#/servers/${encodeURIComponent(route.server)}/host-key`
    case 'add-server':
      return route.alias === null ? '#/add-server' : `#/add-server/${encodeURIComponent(route.alias)}`
    case 'settings':
      return '#/settings'
    case 'destinations':
      return '#/destinations'
    case 'destination':
      return pathOf('destinations', route.destination)
    case 'add-destination':
      return '#/add-destination'
    case 'schedules':
      return route.schedule === null ? '#/schedules' : pathOf('schedules', route.schedule)
    case 'new-schedule': {
      const { source } = route
      return source === null ? '#/new-schedule' : pathOf('new-schedule', source.server, source.source)
    }
    case 'jobs':
      return '#/jobs'
    case 'job':
      return pathOf('jobs', route.job)
    case 'backups':
      return '#/backups'
    case 'source':
      return pathOf('backups', route.server, route.source)
    case 'archive':
      return pathOf('backups', route.server, route.source, route.backup)
    case 'restore': {
      const { server, source, backup, items } = route
      const parts = [server, source, backup].filter((part) => part !== null)
      return pathOf('restore', ...parts, ...(backup === null ? [] : items))
    }
    case 'restore-server':
      return route.server === null ? '#/restore-server' : pathOf('restore-server', route.server)
    case 'restore-run':
      return pathOf('restores', route.job, ...(route.undo === true ? ['undo'] : []))
    case 'compare':
      return pathOf('compare', route.server, route.source, route.from, route.to, route.item)
    case 'source-settings':
      return pathOf('servers', route.server, 'sources', route.source)
  }
}

function newScheduleRoute([, server, source, ...rest]: readonly string[]): Route | null {
  if (server === undefined) return { screen: 'new-schedule', source: null }
  if (source === undefined || rest.length > 0) return null
  return { screen: 'new-schedule', source: { server, source } }
}

function jobsRoute([, job, ...rest]: readonly string[]): Route | null {
  if (rest.length > 0) return null
  return job === undefined ? { screen: 'jobs' } : { screen: 'job', job }
}

function backupsRoute([, server, source, backup, ...rest]: readonly string[]): Route | null {
  if (rest.length > 0) return null
  if (server === undefined) return { screen: 'backups' }
  if (source === undefined) return null
  if (backup === undefined) return { screen: 'source', server, source }
  return { screen: 'archive', server, source, backup }
}

function restoreRoute([, server, source, backup, ...items]: readonly string[]): Route {
  if (server === undefined || source === undefined) return startOfRestore
  return { screen: 'restore', server, source, backup: backup ?? null, items }
}

function compareRoute([, server, source, from, to, item, ...rest]: readonly string[]): Route | null {
  if (server === undefined || source === undefined || from === undefined || to === undefined) return null
  if (item === undefined || rest.length > 0) return null
  return { screen: 'compare', server, source, from, to, item }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
