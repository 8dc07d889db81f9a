import type { TestProject } from 'vitest/node'

import { prepareLab, sweepLab } from './lab.ts'
import { whatTheLabMisses, type Missing } from './prerequisites.ts'

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
    return undefined
  }
  await prepareLab(['seeded'])
  return sweepLab
}
