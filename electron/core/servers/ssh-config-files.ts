import { glob, readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'

/** As OpenSSH's own limit. */
const DEEPEST_INCLUDE = 16

/**
 * The text of an ssh_config with the files that it includes before its first `Host` or `Match`. Includes further
 * down belong to one block and are only noted. A missing file is empty.
 */
export async function readSshConfig(
  path: string,
  home: string,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const notes: string[] = []
  return { text: await read(path, home, notes, 0), notes }
}

async function read(path: string, home: string, notes: string[], depth: number): Promise<string> {
  let inBlock = false
  const lines: string[] = []
  for (const line of (await textOf(path)).split(/\r?\n/)) {
    inBlock ||= /^\s*(host|match)[\s=]/i.test(line)
    const include = /^\s*include[\s=]+(.*)$/i.exec(line)
    if (!include) lines.push(line)
    else if (inBlock || depth >= DEEPEST_INCLUDE) notes.push(`Not read: ${line.trim()}.`)
    else lines.push(await included(include[1] ?? '', home, notes, depth))
  }
  return lines.join('\n')
}

/** `Host *` behind the files: what follows them in the outer file is for every host again. */
async function included(patterns: string, home: string, notes: string[], depth: number): Promise<string> {
  const texts: string[] = []
  for (const pattern of patterns.match(/"[^"]+"|\S+/g) ?? []) {
    const plain = pattern.replaceAll('"', '').replace(/^~(?=\/|$)/, home)
    const absolute = isAbsolute(plain) ? plain : join(home, '.ssh', plain)
    const files: string[] = []
    for await (const file of glob(absolute)) files.push(file)
    for (const file of files.sort()) texts.push(await read(file, home, notes, depth + 1))
  }
  return [...texts, 'Host *'].join('\n')
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ''
    throw new AppError(
      'permission-denied',
      `${path} cannot be read, so nothing was imported. Check its permissions and try again.`,
      { cause },
    )
  }
}
