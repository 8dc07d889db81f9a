import { AppError } from '../../../shared/errors.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import type { Scope } from '../../../shared/model/backup.ts'
import type { ComponentPlan, PlanNote, RestorePlan, RestoreStep } from '../../../shared/model/restore-plan.ts'
import { configurationNotes } from './rewrite/configuration-notes.ts'
import { addsOnly, itemAtTarget } from './undo-items.ts'
import { notRestored } from './not-restored.ts'
import { planDigest } from './plan-digest.ts'
import type { PlanContext, RestoreContext } from './restore-context.ts'
import { compareConfig, type ServerConfig } from './server-config/compare-config.ts'
import type { PlannedComponents, Restorer } from './restorer.ts'

/** How long a restore can be undone. */
export const undoDays = 21

/** What no archive of an account holds. */
const notBrought = [
  'DNS records and registrar settings',
  'software packages, their versions and modules',
  'IP addresses, firewall rules and system users other than the account',
]

/**
 * Plans a restore against the target as it is now; changes nothing. Each restorer that the request's scope wants says
 * what it would do, in the order in which it will be done. Throws `not-found` where an item is in no component.
 */
export async function makePlan(
  restorers: readonly Restorer[],
  context: RestoreContext,
  { items }: { readonly items: readonly Buffer[] | null },
): Promise<RestorePlan> {
  const { request, archive, target, mapping, clock } = context
  const notes: PlanNote[] = []
  const planning: PlanContext = { ...context, items, note: (note) => void notes.push(note) }
  const parts: PlannedComponents[] = []
  for (const restorer of restorers) {
    if (restorer.scopes.includes(request.scope)) parts.push(await restorer.plan(planning))
  }
  const steps = parts
    .flatMap((part) => part.steps)
    .map((step, at): RestoreStep => ({ ...step, id: String(at + 1) }))
  const components = parts.flatMap((part) => part.components)
  const known = new Set(restorers.flatMap(({ kinds }) => kinds))
  const logins = parts.flatMap((part) => part.logins ?? [])
  notes.push(...configurationNotes({ steps, logins }, context))
  notes.push(...notRestored(archive.reader, { scope: request.scope, items, known }))
  if (steps.length === 0 && request.undoes === null && !notes.some(({ level }) => level === 'blocker')) {
    throw new AppError(
      'not-found',
      `${archive.name} holds nothing of what was asked for, so there is nothing to restore. See: holdfast show`,
    )
  }
  const { facts } = archive
  const wantsConfig =
    request.scope === 'full' &&
    (items === null || items.some((item) => /^config(\/|$)/.test(item.toString())))
  const server: ServerConfig = wantsConfig ? await compareConfig(context) : { files: [], php: null }
  const plan: Omit<RestorePlan, 'digest'> = {
    format: 1,
    madeAt: clock.now().toISOString(),
    scope: request.scope,
    from: {
      ...{ name: archive.name, trusted: archive.trusted },
      id: facts?.id ?? null,
      server: facts?.source.server ?? null,
      source: facts?.source.name ?? archive.account?.name ?? null,
      startedAt: facts?.startedAt ?? null,
      result: facts?.result ?? null,
    },
    to: {
      ...{ server: target.server.name, host: target.server.host, account: request.to.account },
      ...{ machine: target.survey.machine, exists: target.source !== null },
    },
    ...{ mapping, steps, components, notes, serverConfiguration: [...server.files] },
    notBrought: [...notBrought, ...missingPhp(context, server)],
    space: parts.flatMap((part) => part.space),
    offline: parts.flatMap((part) => part.offline),
    undo: undoOf({ ...context, items }, components),
  }
  return { ...plan, digest: planDigest(plan) }
}

/** Versions of PHP that sites of the backup ran on, by the place of their pools, and that the target does not have. */
function missingPhp({ archive }: RestoreContext, { php }: ServerConfig): string[] {
  if (php === null) return []
  const digits = (version: string) => version.replace(/\D/g, '')
  const has = new Set(php.map(digits))
  const versions = new Set((archive.account?.sites ?? []).flatMap((site) => site.php ?? []))
  return [...versions]
    .filter((version) => !has.has(digits(version)))
    .map((version) => `PHP ${version}, which sites of the backup run on and the target does not have`)
}

/** What is saved before anything is touched: whatever of the target the plan's components are. */
function undoOf(
  context: Pick<PlanContext, 'target' | 'request' | 'mapping' | 'items'>,
  components: readonly ComponentPlan[],
): RestorePlan['undo'] {
  const { target, request } = context
  const scope = scopeOf(components)
  const common = { scope, days: undoDays, bytes: null }
  const only = pathsToSave(context)
  if (target.source === null || addsOnly(request)) return { ...common, method: 'nothing-to-save', only }
  if (only.length > 0) return { ...common, method: 'safety-backup', only }
  const { homeBytes, databases } = target.source
  const inDatabases = databases.reduce((sum, { bytes }) => sum + bytes, 0)
  const bytes =
    scope === 'databases' ? inDatabases : scope === 'email' || homeBytes === null ? null : homeBytes
  return { ...common, method: 'safety-backup', only, bytes }
}

/** What of the target is saved, as its own backup calls it; empty for all of the scope. */
function pathsToSave({
  request,
  mapping,
  items,
}: Pick<PlanContext, 'request' | 'mapping' | 'items'>): string[] {
  const asked = request.undoes === null ? (items ?? []).map(toRemoteName) : request.items
  return asked.map((item) => itemAtTarget(item, mapping))
}

function scopeOf(components: readonly ComponentPlan[]): Scope {
  const kinds = new Set(components.map(({ kind }) => kind))
  const within = (...names: readonly ComponentPlan['kind'][]) =>
    [...kinds].every((kind) => names.includes(kind))
  if (within('files', 'paths')) return 'files'
  if (within('mysql', 'postgresql')) return 'databases'
  return within('mail') ? 'email' : 'full'
}
