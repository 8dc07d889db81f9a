import { execFile } from 'node:child_process'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A real file system of a few megabytes; needs root on Linux. */
export interface SmallDisk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string
  remount(mode: 'ro' | 'rw'): Promise<void>
  /** Takes it away as pulling a cable does: open files stay open, the empty mount point is what is left. */
  unplug(): Promise<void>
}

/** Mounts an empty tmpfs in a folder of its own. */
export async function mountSmallDisk({ megabytes }: { readonly megabytes: number }): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'holdfast-disk', path])
  let mounted = true
  const unplug = async () => {
    if (!mounted) return
    mounted = false
    await run('umount', ['-l', path])
  }
  return {
    path,
    remount: async (mode) => {
      await run('mount', ['-o', `remount,${mode}`, path])
    },
    unplug,
    async [Symbol.asyncDispose]() {
      await unplug()
      await rmdir(path)
    },
  }
}
