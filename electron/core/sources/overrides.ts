import { isWithin } from './findings.ts'
import { mailboxesOf } from './mail.ts'
import type {
  AccountSource,
  DatabaseEngine,
  Discovery,
  Evidence,
  SourceDatabase,
  SourceOverrides,
  Unclaimed,
} from '../../../shared/model/source.ts'
import { isSystemDatabase } from './evidence.ts'
import type { Findings, FoundMailbox } from './findings.ts'

/** What the admin decided about a source, or null where nothing. */
export type OverridesFor = (source: string) => SourceOverrides | null

const byAdmin: Evidence = { kind: 'admin' }

/** What `--db` names: `mysql/NAME`, `postgresql/NAME`, or a name that both engines are searched for. */
function databaseRef(text: string): { engine: DatabaseEngine | null; name: string } {
  const [, engine, name] = /^(mysql|postgresql)\/([^]+)$/.exec(text) ?? []
  if (name === undefined) return { engine: null, name: text }
  return { engine: engine === 'postgresql' ? 'postgresql' : 'mysql', name }
}

function databasesAfter(
  source: AccountSource,
  overrides: SourceOverrides,
  findings: Findings,
): SourceDatabase[] {
  const removed = overrides.removeDatabases.map(databaseRef)
  const added = overrides.addDatabases.map(databaseRef)
  const kept = source.databases.filter(
    (one) => !removed.some((ref) => ref.name === one.name && (ref.engine ?? one.engine) === one.engine),
  )
  for (const ref of added) {
    const known = findings.databases.filter(
      (one) => one.name === ref.name && (ref.engine ?? one.engine) === one.engine,
    )
    const missing = { engine: ref.engine ?? ('mysql' as const), name: ref.name, bytes: 0 }
    for (const { engine, name, bytes } of known.length > 0 ? known : [missing]) {
      const at = kept.findIndex((one) => one.engine === engine && one.name === name)
      const before = kept[at]
      if (before === undefined) kept.push({ engine, name, bytes, evidence: [byAdmin] })
      else kept[at] = { ...before, evidence: [byAdmin, ...before.evidence] }
    }
  }
  return kept
}

/** Whether `--mail` means this mailbox: its domain, `name@domain`, or its path. */
function meansMailbox(text: string, box: { domain: string | null; name: string; path: string }): boolean {
  return text === box.path || text.toLowerCase() === box.domain || text === `${box.name}@${box.domain ?? ''}`
}

function mailboxesAfter(
  source: AccountSource,
  overrides: SourceOverrides,
  findings: Findings,
): AccountSource['mailboxes'] {
  const owned = (box: FoundMailbox): FoundMailbox => {
    const others = box.owners.filter((owner) => owner.account !== source.name)
    const before = box.owners.find((owner) => owner.account === source.name)?.evidence ?? []
    if (overrides.addMail.some((text) => meansMailbox(text, box))) {
      return { ...box, owners: [...others, { account: source.name, evidence: [byAdmin, ...before] }] }
    }
    return overrides.removeMail.some((text) => meansMailbox(text, box)) ? { ...box, owners: others } : box
  }
  return mailboxesOf(source, findings.mailboxes.map(owned))
}

function pathsAfter(source: AccountSource, overrides: SourceOverrides): AccountSource['paths'] {
  const kept = source.paths.filter(({ path }) => !overrides.removePaths.includes(path))
  const added = overrides.addPaths.filter((path) => !kept.some((one) => one.path === path))
  return [
    ...kept.map((one) =>
      overrides.addPaths.includes(one.path) ? { ...one, evidence: [byAdmin, ...one.evidence] } : one,
    ),
    ...added.map((path) => ({ path, evidence: [byAdmin] })),
  ]
}

/** A source as the admin wants it: what was added is in, also where no evidence speaks for it, what was removed is out. */
export function overrideSource(
  source: AccountSource,
  overrides: SourceOverrides | null,
  findings: Findings,
): AccountSource {
  if (overrides === null) return source
  return {
    ...source,
    paths: pathsAfter(source, overrides),
    databases: databasesAfter(source, overrides, findings),
    mailboxes: mailboxesAfter(source, overrides, findings),
  }
}

/** What was found on the server and is in none of these sources. */
export function unclaimedOf(findings: Findings, sources: readonly AccountSource[]): Unclaimed[] {
  const roots = findings.roots
    .filter(
      (root) =>
        !sources.some(
          ({ home, paths }) =>
            isWithin(root.path, home) || paths.some(({ path }) => isWithin(root.path, path)),
        ),
    )
    .map((root): Unclaimed => ({ kind: 'document-root', name: root.path, where: root.where, bytes: null }))
  const databases = findings.databases
    .filter(({ engine, name }) => !isSystemDatabase(engine, name))
    .filter(
      (one) =>
        !sources.some((source) =>
          source.databases.some(({ engine, name }) => engine === one.engine && name === one.name),
        ),
    )
    .map((one): Unclaimed => ({ kind: 'database', name: one.name, where: one.engine, bytes: one.bytes }))
  const held = new Set(sources.flatMap((source) => source.mailboxes.map(({ path }) => path)))
  const domains = new Map<string, Unclaimed>()
  for (const box of findings.mailboxes) {
    const lies = ({ home, paths }: AccountSource) =>
      isWithin(box.path, home) || paths.some(({ path }) => isWithin(box.path, path))
    if (held.has(box.path) || sources.some(lies)) continue
    const name = box.domain ?? box.name
    const where = box.domain === null ? box.path : box.path.replace(/\/[^/]+(\/Maildir)?$/, '')
    if (!domains.has(name)) domains.set(name, { kind: 'mail-domain', name, where, bytes: null })
  }
  const jobs = findings.cronJobs
    .filter((job) => !job.claimed)
    .map((job): Unclaimed => ({ kind: 'cron-job', name: job.command, where: job.where, bytes: null }))
  return [...roots, ...databases, ...domains.values(), ...jobs]
}

/** Findings with the admin's word applied, and with what nobody claims after that. Sources stand in order of name. */
export function applyOverrides(findings: Findings, overridesFor: OverridesFor): Discovery {
  const sources = findings.sources.map((source) =>
    overrideSource(source, overridesFor(source.name), findings),
  )
  return {
    sources: sources.sort((a, b) => (a.name < b.name ? -1 : 1)),
    unclaimed: unclaimedOf(findings, sources),
    notes: [...findings.notes],
    failed: [...findings.failed],
  }
}
