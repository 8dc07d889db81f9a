import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file or link of an account, named below its home. */
export interface WorldFile {
  readonly path: string
  readonly content: string | Buffer | { readonly linkTo: string }
  readonly mode?: number
  /** How many days ago it was written. */
  readonly daysOld?: number
}

/** Writes files below `home`, which need not be there. */
export async function writeFiles(home: string, files: Iterable<WorldFile>): Promise<void> {
  for (const { path, content, mode = 0o644, daysOld = 0 } of files) {
    const full = join(home, path)
    await mkdir(dirname(full), { recursive: true })
    if (typeof content === 'object' && 'linkTo' in content) {
      await symlink(content.linkTo, full)
      continue
    }
    await writeFile(full, content, { mode })
    const written = Math.floor(Date.now() / 1000) - daysOld * 86_400
    await utimes(full, written, written)
  }
}
