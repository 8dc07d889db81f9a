import { harmlessWarnings, type ComponentSummary, type Warning } from '../../../shared/model/backup.ts'

/** True for a warning that means something is missing, cut or padded, and that the admin has not accepted. */
export function isGap(warning: Warning, accepted: readonly string[]): boolean {
  if (harmlessWarnings.has(warning.code)) return false
  return !accepted.includes(`${warning.code}:${warning.path}`)
}

/** What a backup came to (ARCHITECTURE §1): partial where anything is missing that nobody accepted. A component that
 * is missing without a word counts as a gap. */
export function resultOf(components: readonly ComponentSummary[]): 'succeeded' | 'partial' {
  const whole = components.every(
    ({ status, gaps, warningCount }) => gaps === 0 && (status !== 'missing' || warningCount > 0),
  )
  return whole ? 'succeeded' : 'partial'
}
