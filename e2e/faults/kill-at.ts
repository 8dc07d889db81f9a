import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../cli/holdfast.ts'
import type { LabProduct } from './lab-product.ts'

/** Resolves when a file below the folder has a name that matches and at least that size. */
async function appeared(folder: string, name: RegExp, { size, running }: Wanted): Promise<void> {
  for (;;) {
    if (running.child.exitCode !== null) throw new Error('It ended before.')
    const names = await readdir(folder, { recursive: true }).catch(() => [])
    for (const found of names.filter((each) => name.test(each))) {
      const { size: now } = await stat(join(folder, found)).catch(() => ({ size: -1 }))
      if (now >= size) return
    }
    await sleep(5)
  }
}

interface Wanted {
  readonly size: number
  readonly running: Running
}

/** Kills a backup of the source, with SIGKILL, as soon as a file of it has that name and at least that size. */
export async function killAt(
  { holdfast }: LabProduct,
  source: string,
  { name, size }: { readonly name: RegExp; readonly size: number },
): Promise<void> {
  const running = holdfast.start(['--json', 'backup', `lab/${source}`])
  await appeared(holdfast.backups, name, { size, running })
  running.child.kill('SIGKILL')
  await running.ended
}
