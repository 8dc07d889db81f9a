import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { plural } from '../../../shared/format.ts'
import { shown } from './shown.ts'

const linesShown = 12

/** Lists an archive with this computer's own tar: its first lines and how many there are. Resolves to tar's exit code. */
export async function listWithTar(
  archive: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<number> {
  const words = ['tar', 'tzf', archive]
  process.stdout.write(`\n$ ${shown(words)}\n`)
  const tar = spawn('tar', words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], signal })
  let count = 0
  for await (const line of createInterface({ input: tar.stdout })) {
    count += 1
    if (count <= linesShown) process.stdout.write(`${line}\n`)
  }
  process.stdout.write(`… ${plural(count, 'entry', 'entries')} in all\n`)
  if (tar.exitCode === null) await once(tar, 'close')
  return tar.exitCode ?? 1
}
