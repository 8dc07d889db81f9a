import type { App } from '../app.ts'

/**
 * Refuses the name of a server that neither a profile nor a backup has; as long as some backups cannot be read, one
 * of them may. Throws `not-found`.
 */
export function requireServer({ catalog, profiles }: App, name: string): void {
  if (catalog.unreadable().length > 0 || catalog.list().some(({ server }) => server === name)) return
  profiles.get(name)
}
