import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants } from 'node:os'
import { promisify } from 'node:util'

const source = fileURLToPath(new URL('./fault.c', import.meta.url))

/** One system call that fails: the nth about files in the folder. `short`: a write that takes half of the bytes. */
export interface Fault {
  readonly call: 'write' | 'fsync' | 'link' | 'rename'
  readonly nth: number
  readonly error: 'ENOSPC' | 'EIO' | 'EROFS' | 'EACCES' | 'EPERM' | 'short'
}

/** Why faults cannot be made here, or null where they can. */
export const faultsMissing: string | null =
  process.platform !== 'linux'
    ? 'needs Linux, for LD_PRELOAD'
    : spawnSync('cc', ['--version']).status === 0
      ? null
      : 'needs a C compiler: apt-get install gcc libc6-dev'

/** Compiles the library into a folder; returns its path. */
export function buildFaults(folder: string): string {
  const library = join(folder, 'fault.so')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  return library
}

/** Runs a program of ours with one fault in a folder (or none); resolves to its stdout. */
export async function runWithFault(
  library: string,
  {
    program,
    folder,
    fault,
  }: { readonly program: URL; readonly folder: string; readonly fault: Fault | null },
): Promise<string> {
  const code = fault === null || fault.error === 'short' ? 0 : constants.errno[fault.error]
  const spelled = fault === null ? '' : `${fault.call} ${fault.nth} ${code} ${folder}`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', fileURLToPath(program), folder],
    { env: { ...process.env, LD_PRELOAD: library, FAULT: spelled } },
  )
  return stdout.trim()
}
