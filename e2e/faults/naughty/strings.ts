import { createRequire } from 'node:module'

/** The Big List of Naughty Strings: 461, of which 458 differ, in its order. */
export const bigList = createRequire(import.meta.url)('big-list-of-naughty-strings') as readonly string[]

const touching = bigList.filter((text) => text.includes('touch /tmp/blns.'))

/**
 * Every string of the list, and of each that touches a canary in `/tmp` when a shell takes it for a command a twin
 * without slashes, which a file name can be too: it touches the canary where it is executed. See `executedOn`.
 */
export const naughtyStrings: readonly string[] = [
  ...bigList,
  ...touching.map((text) => text.replace('/tmp/', '').replaceAll('/', '')),
]

/** Some from all over the list, and those that touch a canary. */
export const sampleStrings: readonly string[] = naughtyStrings.filter(
  (text, at) => at % 120 === 7 || /^.{1,2}touch/.test(text),
)
