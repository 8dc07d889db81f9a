import { createHash } from 'node:crypto'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'

/** JSON with the keys of every object in order, so that equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`
}

/** What of a component's lists a person agrees to by name: tables each, files by their top folder, messages by theirs. */
function agreedTo({ component, unit, deleted }: RestorePlan['components'][number]): unknown {
  const shortened = {
    ...{ tables: (name: string) => name, lines: (name: string) => name },
    files: (path: string) => path.split('/')[0],
    messages: (path: string) => path.replace(/(^|\/)(cur|new)\/[^/]*$/, ''),
  }
  const names = deleted.first.map(shortened[unit])
  return { component, deleted: [...new Set(names)].sort() }
}

/**
 * SHA-256, in hex, over what a plan will do: where from, where to, the mapping, every step, what undoes it, what
 * forbids it, and what it deletes. Not over counts, sizes and times, nor over single files and messages in
 * folders that are replaced anyway: a site that is in use changes these by the minute.
 */
export function planDigest(plan: Omit<RestorePlan, 'digest'>): string {
  const { from, to, scope, mapping, steps, components, undo, notes, notBrought } = plan
  const agreed = {
    ...{ from, to, scope, mapping, steps, notBrought },
    undo: { method: undo.method, scope: undo.scope },
    deleted: components.map(agreedTo),
    blockers: notes.filter(({ level }) => level === 'blocker').map(({ code, text }) => ({ code, text })),
  }
  return createHash('sha256').update(canonical(agreed)).digest('hex')
}
