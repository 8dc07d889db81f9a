/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Locator } from '@playwright/test'

/** A part of a screen that mockup and app both have. */
export interface Box {
  readonly label: string
  /** Where it is in the mockup, as Playwright's selectors say it; of several the first is meant. */
  readonly mockup: string
  /** Where it is in the app; absent: by the same selector. */
  readonly screen?: string
  /** `size`: it stands elsewhere in the mockup, on a sheet of examples. */
  readonly place?: 'size'
  /** `parts`: other boxes have the words that stand in it. */
  readonly words?: 'parts'
}

/** What is held against each other of a box. */
export interface Measured {
  /** Pixels of the page. */
  readonly rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** Values that follow from tokens, by property. */
  readonly style: Readonly<Record<string, string>>
  /** What can be read there, without white space. */
  readonly words: string
}

/** Runs in the page. */
function measureFirst([element]: readonly Element[]): Measured | null {
  if (element === undefined) return null
  const { x, y, width, height } = element.getBoundingClientRect()
  const computed = getComputedStyle(element)
  const wordsOf = (node: Node): string => {
    if (node instanceof Text) return node.data
    if (!(node instanceof Element) || node.matches('.sr-only, script, style, svg')) return ''
    if (node instanceof HTMLInputElement)
      return node.type === 'checkbox' || node.type === 'radio' ? '' : node.value || node.placeholder
    if (node instanceof HTMLSelectElement) return node.selectedOptions[0]?.text ?? ''
    return [...node.childNodes].map(wordsOf).join('')
  }
  return {
    rect: { x, y, width, height },
    style: {
      'font-size': computed.fontSize,
      'font-weight': computed.fontWeight,
      'font-family': computed.fontFamily.includes('Mono') ? 'mono' : 'ui',
      color: computed.color,
      background: computed.backgroundColor,
      radius: computed.borderTopLeftRadius,
    },
    words: wordsOf(element).replace(/\s+/g, ''),
  }
}

/** Measures the first element of a locator; null where there is none. */
export async function measure(locator: Locator): Promise<Measured | null> {
  return locator.evaluateAll(measureFirst)
}
