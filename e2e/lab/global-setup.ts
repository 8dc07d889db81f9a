import type { TestProject } from 'vitest/node'

import { prepareLab, sweepLab, whatKindMisses } from './lab.ts'
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
    project.provide('s3Misses', missing.reason)
    return undefined
  }
  const s3Misses = await whatKindMisses('s3')
  project.provide('s3Misses', s3Misses)
  if (s3Misses !== null) console.warn(`Tests with an S3 server are skipped: ${s3Misses}.`)
  await prepareLab(['seeded'])
  return sweepLab
}
