import { stillClock } from '../../archive/test-archive.ts'
import { noKeys } from '../../encryption/no-keys.ts'
import { openArchiveFile } from './open-archive-file.ts'

/** For tests: opens the archive file of the first argument with its cache in the second, and prints what came of it. */

const [path = '', cacheFolder = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const start = process.hrtime.bigint()
await using opened = await openArchiveFile(path, { cacheFolder, clock: stillClock, keys: noKeys, signal })
const { kind, components } = opened.inspection
const seconds = Number(process.hrtime.bigint() - start) / 1e9
const peakBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(
  JSON.stringify({ kind, entries: opened.reader.entryCount, parts: components.length, seconds, peakBytes }),
)
