import Cloud from '@lucide/svelte/icons/cloud'
import HardDrive from '@lucide/svelte/icons/hard-drive'
import Laptop from '@lucide/svelte/icons/laptop'
import type { Component } from 'svelte'
import type { DestinationFinding, DestinationProfile } from '../../shared/model/destination.ts'

export type DestinationKind = DestinationProfile['kind']

/** What a kind of destination is called. */
export const kindWords = {
  local: 'Folder',
  s3: 'Amazon S3',
  b2: 'Backblaze B2',
  sftp: 'SFTP',
} as const satisfies Record<DestinationKind, string>

export const kindIcons: Readonly<Record<DestinationKind, Component>> = {
  local: Laptop,
  s3: Cloud,
  b2: Cloud,
  sftp: HardDrive,
}

/** What a test tried, in a few words. */
export const findingWords = {
  reach: 'Reach it',
  write: 'Write',
  read: 'Read back',
  range: 'Read a part',
  list: 'List',
  exclusive: 'Never replace',
  upload: 'Upload',
  abort: 'Take an upload back',
  claim: 'Claim a name',
  delete: 'Delete',
  space: 'Free space',
  clock: 'Clock',
  transport: 'Connection',
  versions: 'Versioning',
  lock: 'Object lock',
  lifecycle: 'Lifecycle rules',
  uploads: 'Unfinished uploads',
} as const satisfies Record<DestinationFinding['what'], string>

/** What a test comes to, in words and as a mark. */
export function verdictOn(findings: readonly DestinationFinding[]): {
  readonly mark: 'held' | 'warn' | 'fail'
  readonly words: string
} {
  const count = (state: DestinationFinding['state']) => findings.filter((each) => each.state === state).length
  if (count('failed') > 0)
    return { mark: 'fail', words: `${findings.length - count('failed')} of ${findings.length} passed` }
  const advice = count('advice')
  if (advice > 0)
    return { mark: 'warn', words: `Works, ${advice === 1 ? '1 advice' : `${advice} pieces of advice`}` }
  return { mark: 'held', words: `All ${findings.length} passed` }
}
