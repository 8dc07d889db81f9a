import type { Difference } from './differences.ts'
import type { Pair } from './pairs.ts'

/** A difference that is meant. */
export interface Meant extends Difference {
  readonly why: string
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function section({ name, title }: Pair, meant: readonly Meant[]): string {
  const why = Map.groupBy(meant, (each) => each.why)
  const lines = [...why].map(([reason, of]) => {
    const boxes = [...new Set(of.map(({ box }) => box))].join(', ')
    return `- ${reason} (${boxes})`
  })
  const picture = (side: string) => `![${title}: ${side}](screens/${name}-${side}.webp)`
  return [
    `## ${title}`,
    `\`${name}\``,
    `| mockup | app |\n| --- | --- |\n| ${cell(picture('mockup'))} | ${cell(picture('app'))} |`,
    ...(lines.length === 0 ? [] : [`Otherwise than drawn, on purpose:\n\n${lines.join('\n')}`]),
  ].join('\n\n')
}

/** `docs/screens.md`: each mockup beside the screen that was made after it, and where they differ on purpose. */
export function describePairs(pairs: readonly Pair[], meant: readonly Meant[]): string {
  const intro = [
    '# Screens beside their mockups',
    'Made by `npm run screens`, which opens each mockup of [docs/design](design) and the screen of the app with the same ' +
      'invented data, at 1280 × 820 with a clock that stands still. It compares the labelled boxes of both: within 4 ' +
      'pixels, the same tokens, the same words. A difference that is not listed in `e2e/screens/accepted.ts` fails it.',
  ]
  const sections = pairs.map((pair) =>
    section(
      pair,
      meant.filter((each) => each.pair === pair.name),
    ),
  )
  return `${[...intro, ...sections].join('\n\n')}\n`
}
