import { openIndexCache } from '../../electron/core/archive/index-cache-open.ts'

/** Opens the cache of an index in a process of its own: `index-process.ts OPTIONS`, JSON; prints what that took. */
const options = JSON.parse(process.argv[2] ?? '') as Parameters<typeof openIndexCache>[0]
const began = performance.now()
using cache = openIndexCache(options)
const milliseconds = performance.now() - began
const entries = cache?.list(Buffer.alloc(0)).length ?? 0
console.log(JSON.stringify({ milliseconds, peakBytes: process.resourceUsage().maxRSS * 1024, entries }))
