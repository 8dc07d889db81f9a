import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { openFileSource } from '../../electron/core/archive/byte-source.ts'
import { buildIndexCache } from '../../electron/core/archive/index-cache-open.ts'
import { readIndex } from '../../electron/core/archive/index-read.ts'
import { sampleArchiveSize, sampleIndexText } from '../../electron/core/archive/index-sample.ts'
import { median } from './cost.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { table, targetRows } from './print.ts'
import { atMost } from './targets.ts'

const entries = 500_000
const id = '0196b0a0-0000-7000-8000-000000500000'

interface Opened {
  readonly milliseconds: number
  readonly peakBytes: number
}

/** How long the cache of an index of 500,000 entries takes to open, and how much memory, in a process of its own. */
export async function indexCache({ runs, folder, say }: BenchOptions): Promise<Outcome> {
  const cacheFolder = await mkdtemp(join(folder, 'holdfast-bench-'))
  try {
    const options = { cacheFolder, id, size: sampleArchiveSize(entries) }
    const index = join(cacheFolder, 'sample.index.gz')
    say(`an index of ${entries} entries`)
    await pipeline(Readable.from(sampleIndexText(entries, { id })), createGzip(), createWriteStream(index))
    await using source = await openFileSource(index)
    say('its cache')
    using _ = await buildIndexCache(readIndex(source, { signal: new AbortController().signal }), options)
    const script = join(import.meta.dirname, 'index-process.ts')
    const opened = Array.from({ length: runs }, () => {
      const printed = execFileSync(process.execPath, ['--no-warnings', script, JSON.stringify(options)])
      return JSON.parse(printed.toString()) as Opened
    })
    const milliseconds = median(opened.map((each) => each.milliseconds))
    const peakBytes = median(opened.map((each) => each.peakBytes))
    const targets = [
      atMost('ms to open', 50, milliseconds),
      atMost('MB of memory, the whole process', 100, peakBytes / 1e6),
    ]
    return {
      figures: { 'index cache': { entries, runs, openMilliseconds: milliseconds, peakBytes } },
      targets,
      text: [`The cache of ${entries} entries; medians of ${runs}`, '', table(targetRows(targets))].join(
        '\n',
      ),
    }
  } finally {
    await rm(cacheFolder, { recursive: true })
  }
}
