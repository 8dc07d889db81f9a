import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabasePrograms } from './database-server.ts'

/** The process that cleans up after this one, whatever ends it. */
export interface Guard extends AsyncDisposable {
  /** Resolves when the database server ended by itself; never where there is none. */
  readonly databaseEnded: Promise<void>
}

/**
 * Starts the process that ends the database server and removes `folder` as soon as this process is gone or the guard
 * is disposed. `database`: what it runs meanwhile. Disposing resolves when all of it is gone.
 */
export async function startGuard(folder: string, database: DatabasePrograms | null): Promise<Guard> {
  const script = await readFile(join(import.meta.dirname, 'guard.sh'), 'utf8')
  const server = database ? [database.data, database.prepare, database.server, ...database.options] : []
  const guard = spawn('/bin/sh', ['-c', script, 'holdfast-practice-guard', folder, ...server], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  guard.stdin.on('error', () => undefined)
  await once(guard, 'spawn')
  const closed = once(guard, 'close')
  const databaseEnded = new Promise<void>((resolve) => guard.stdout.once('data', () => resolve()))
  return {
    databaseEnded,
    [Symbol.asyncDispose]: async () => {
      guard.stdin.end()
      await closed
    },
  }
}
