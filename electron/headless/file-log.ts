import { appendFileSync, renameSync, statSync } from 'node:fs'
import type { Clock, Log } from '../core/ports.ts'

/** Bytes after which the log begins anew; one older generation is kept. */
const limit = 8 * 1024 * 1024

/** The host's log: JSON lines in a file. A line that cannot be written is lost: a log never stops the work. */
export function fileLog(path: string, clock: Clock): Log {
  return {
    write(level, text, facts = {}) {
      try {
        if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > limit) renameSync(path, `${path}.1`)
        const line = JSON.stringify({ at: clock.now().toISOString(), level, text, ...facts })
        appendFileSync(path, `${line}\n`, { mode: 0o600 })
      } catch {
        return
      }
    },
  }
}
