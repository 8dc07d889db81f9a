import { formatBytes } from '../../../shared/format.ts'
import type { PrunePlan, PruneStep } from '../../../shared/model/prune.ts'

function describeStep({ name, size, step, reasons, until }: PruneStep): string {
  const what = `${name}, ${formatBytes(size)}`
  switch (step) {
    case 'keep':
      return `    ${what}: stays (${reasons.join(', ')})`
    case 'take-back':
      return `    ${what}: stays after all (${reasons.join(', ')})`
    case 'announce':
      return `    ${what}: goes in seven days`
    case 'wait':
      return `    ${what}: goes on ${(until ?? '').slice(0, 10)}`
    case 'remove':
      return `    ${what}: goes now`
  }
}

/** What retention does at a destination, for people. */
export function describePrune({ destination, series, confirm }: PrunePlan): string {
  const lines = series.flatMap(({ server, source, hindrance, steps }) => [
    `  ${server}/${source}${hindrance === null ? '' : `: ${hindrance}`}`,
    ...steps.map(describeStep),
  ])
  const asks = confirm === null ? [] : [`  So much at once needs your word: --confirm ${confirm}`]
  return [destination, ...(lines.length === 0 ? ['  nothing to do'] : lines), ...asks].join('\n')
}
