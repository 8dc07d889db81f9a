import type { ComponentKind } from '../../shared/model/backup.ts'

/** What people call a component. */
export const componentWords = {
  files: 'Files',
  paths: 'Own paths',
  mysql: 'MySQL database',
  postgresql: 'PostgreSQL database',
  mail: 'Email',
  cron: 'Cron jobs',
  config: 'Settings',
} as const satisfies Record<ComponentKind, string>

/** A component as plans and reports name it, in words: `MySQL database alice_wp`. */
export function componentTitle(component: string): string {
  const [kind = '', ...name] = component.split(' ')
  const words = (componentWords as Readonly<Record<string, string>>)[kind]
  return words === undefined ? component : [words, ...name].join(' ')
}

/** What a component's items are. */
export function itemWords(kind: ComponentKind, count: number): string {
  const one = count === 1
  if (kind === 'files' || kind === 'paths' || kind === 'config') return one ? 'entry' : 'entries'
  if (kind === 'mail') return one ? 'message' : 'messages'
  return one ? 'item' : 'items'
}
