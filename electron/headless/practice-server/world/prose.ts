import { oneOf, type Chance } from './chance.ts'

const openings = [
  'This week',
  'On most mornings',
  'After the rain',
  'In the workshop',
  'For our guests',
  'Before the season opens',
  'By the old harbour',
  'As every year',
] as const
const subjects = [
  'the small boats',
  'the blue glaze',
  'the light over the bay',
  'our new booking page',
  'the second kiln',
  'a family from Lisbon',
  'the long exposure series',
  'the repaired jetty',
] as const
const verbs = [
  'waits for',
  'reminds us of',
  'changes',
  'opens',
  'is ready for',
  'belongs to',
  'surprises',
] as const
const objects = [
  'everyone who asks',
  'the first visitors',
  'a quiet afternoon',
  'what we planned in spring',
  'the people next door',
  'three days of wind',
  'the summer exhibition',
] as const

/** A sentence that means little, as sample text does. */
export function sentence(chance: Chance): string {
  return `${oneOf(chance, openings)} ${oneOf(chance, subjects)} ${oneOf(chance, verbs)} ${oneOf(chance, objects)}.`
}

/** So many sentences. */
export function paragraph(chance: Chance, sentences: number): string {
  return Array.from({ length: sentences }, () => sentence(chance)).join(' ')
}

/** A short name that can stand in a file name. */
export function slug(chance: Chance): string {
  return `${oneOf(chance, ['harbour', 'glaze', 'sunrise', 'kiln', 'regatta', 'portrait', 'market', 'winter'])}-${oneOf(chance, ['morning', 'blue', 'study', 'walk', 'detail', 'north', 'evening', 'second'])}`
}
