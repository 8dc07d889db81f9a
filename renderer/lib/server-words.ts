import type { Survey } from '../../shared/model/server.ts'

/** `MariaDB 10.11`, `PostgreSQL 15`: a database server with as much of its version as people tell apart. */
export function databaseWords(engine: 'mysql' | 'postgresql', version: string): string {
  const [major = '', minor] = /^[\d.]+/.exec(version)?.[0].split('.') ?? []
  if (engine === 'postgresql') return `PostgreSQL ${Number(major) < 10 ? `${major}.${minor ?? 0}` : major}`
  return [version.includes('MariaDB') ? 'MariaDB' : 'MySQL', [major, minor].filter(Boolean).join('.')].join(
    ' ',
  )
}

const panels: Readonly<Record<string, string>> = {
  cpanel: 'cPanel',
  hestia: 'Hestia',
  directadmin: 'DirectAdmin',
  plesk: 'Plesk',
  ispconfig: 'ISPConfig',
}

/** What a hosting panel calls itself. */
export const panelName = (panel: string): string => panels[panel] ?? panel

/** `AlmaLinux 9.5, cPanel`. */
export function systemWords({ os, panel }: Survey): string {
  return [os, panel === null ? null : panelName(panel)].filter((part) => part !== null).join(', ')
}
