import type { TestProject } from 'vitest/node'

import { prepareLab, sweepLab, whatKindMisses } from './lab.ts'
import { whatTheLabMisses, type Missing } from './prerequisites.ts'

const kinds = ['s3', 'proftpd'] as const

declare module 'vitest' {
  interface ProvidedContext {
    /** What keeps the lab from running here; null where it runs. */
    labMisses: Missing | null
  }
}

/** Once before the lab's tests: what every server needs is built and cached. After them: nothing is left running. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = whatTheLabMisses()
  project.provide('labMisses', missing)
  if (missing) {
    console.warn(`The lab's tests are skipped: ${missing.reason}. To run them: ${missing.remedy}`)
    for (const kind of kinds) project.provide(`${kind}Misses`, missing.reason)
    return undefined
  }
  for (const kind of kinds) {
    const reason = await whatKindMisses(kind)
    project.provide(`${kind}Misses`, reason)
    if (reason !== null) console.warn(`Tests with a server of kind ${kind} are skipped: ${reason}.`)
  }
  await prepareLab(['seeded'])
  return sweepLab
}
