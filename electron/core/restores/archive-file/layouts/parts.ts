import { encodedName } from '../../../collectors/encoded-name.ts'
import { bytesOf, type Decision } from './layout.ts'

/** Entries of our layout (FORMAT §2), as the layouts of others make them. */

const maildirFolders = new Set(['cur', 'new', 'tmp'])

/** Dovecot's indexes, caches and locks, which it makes again. */
const dovecotCache = /^dovecot(?:\.index(?:\.[^p][^/]*)?|\.list\.index.*|-.*\.lock)$/

/** A domain as folders are named after one. */
export function isDomain(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i.test(name)
}

export function isMaildirFolder(name: string | undefined): boolean {
  return name !== undefined && maildirFolders.has(name)
}

type Kept = Extract<Decision, { kind: 'keep' }>
type Reason = Pick<Kept, 'evidence' | 'from'>

/** A file of the home. */
export function homeFile(names: readonly string[], reason: Reason): Decision {
  return {
    kind: 'keep',
    to: ['files', ...names].join('/'),
    component: { kind: 'files', name: 'files' },
    ...reason,
  }
}

/** A file of a mailbox; `domain` null for one of the bare account. */
export function mailFile(
  box: { readonly domain: string | null; readonly name: string },
  names: readonly string[],
  reason: Reason,
): Decision {
  const last = names.at(-1) ?? ''
  if (dovecotCache.test(last) && !isMaildirFolder(names.at(-2))) {
    return { kind: 'panel', what: "Dovecot's own indexes, which it makes again", group: reason.from }
  }
  const domain = box.domain === null ? '_local' : encodedName(bytesOf(box.domain))
  const to = ['mail', domain, encodedName(bytesOf(box.name)), ...names].join('/')
  return { kind: 'keep', to, component: { kind: 'mail', name: box.domain ?? '_local' }, ...reason }
}

/** A dump of a database, or its users. */
export function dumpFile(
  engine: 'mysql' | 'postgresql',
  database: string,
  ending: string,
  reason: Reason & Pick<Kept, 'inflate'>,
): Decision {
  const to = `databases/${engine}/${encodedName(bytesOf(database))}.${ending}`
  return { kind: 'keep', to, component: { kind: engine, name: database }, ...reason }
}

/** A configuration file, by the absolute path that it has on its server. */
export function configFile(absolute: readonly string[], reason: Reason & Pick<Kept, 'learn'>): Decision {
  return {
    kind: 'keep',
    to: ['config', ...absolute].join('/'),
    component: { kind: 'config', name: 'config' },
    ...reason,
  }
}

/** The account's crontab. */
export function crontab(reason: Reason & Pick<Kept, 'rewrite'>): Decision {
  return { kind: 'keep', to: 'cron/crontab', component: { kind: 'cron', name: 'cron' }, ...reason }
}

/** `alice_wp` of `alice_wp.sql`, or null. */
export function stemOf(name: string | undefined, ending: string): string | null {
  return name !== undefined && name.endsWith(ending) && name.length > ending.length
    ? name.slice(0, -ending.length)
    : null
}
