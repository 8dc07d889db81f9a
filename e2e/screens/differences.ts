import type { Box, Measured } from './box.ts'

/** How far apart two edges may be, in pixels. */
export const tolerance = 4

export type Aspect = 'place' | 'style' | 'words' | 'missing'

/** One way in which a box of the app is not as in the mockup. */
export interface Difference {
  readonly pair: string
  readonly box: string
  readonly aspect: Aspect
  readonly mockup: string
  readonly screen: string
}

const rectWords = ({ rect }: Measured): string =>
  [rect.x, rect.y, rect.width, rect.height].map((value) => Math.round(value * 10) / 10).join(' ')

function isElsewhere({ place }: Box, mockup: Measured, screen: Measured): boolean {
  const edges = place === 'size' ? (['height'] as const) : (['x', 'y', 'width', 'height'] as const)
  return edges.some((edge) => Math.abs(mockup.rect[edge] - screen.rect[edge]) > tolerance)
}

/** Everything in which one box differs, at most once for each aspect. */
export function differencesOf(
  pair: string,
  box: Box,
  { mockup, screen }: { readonly mockup: Measured | null; readonly screen: Measured | null },
): readonly Difference[] {
  const of = (aspect: Aspect, there: string, here: string): Difference => ({
    ...{ pair, box: box.label, aspect, mockup: there, screen: here },
  })
  if (mockup === null || screen === null) {
    if (mockup === null && screen === null) return [of('missing', 'absent', 'absent')]
    return [of('missing', mockup === null ? 'absent' : 'there', screen === null ? 'absent' : 'there')]
  }
  const styles = Object.keys(mockup.style).filter((name) => mockup.style[name] !== screen.style[name])
  const styleWords = ({ style }: Measured) => styles.map((name) => `${name} ${style[name] ?? ''}`).join(', ')
  return [
    ...(isElsewhere(box, mockup, screen) ? [of('place', rectWords(mockup), rectWords(screen))] : []),
    ...(styles.length > 0 ? [of('style', styleWords(mockup), styleWords(screen))] : []),
    ...(box.words === 'parts' || mockup.words === screen.words
      ? []
      : [of('words', mockup.words, screen.words)]),
  ]
}

/** A difference that is meant, and why. */
export interface Accepted {
  /** Pairs and boxes it holds for, by their beginnings; empty for all. */
  readonly pair: string
  readonly box: string
  readonly aspects: readonly Aspect[]
  readonly why: string
}

/** The reason why a difference is meant; null where it is not. */
export function reasonFor(difference: Difference, accepted: readonly Accepted[]): string | null {
  const found = accepted.find(
    ({ pair, box, aspects }) =>
      difference.pair.startsWith(pair) &&
      difference.box.startsWith(box) &&
      aspects.includes(difference.aspect),
  )
  return found?.why ?? null
}
