import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that tests use where it is installed. */
export interface Program {
  readonly name: string
  /** The Debian package that brings it. */
  readonly debianPackage: string
  /** What cannot be tested without it. */
  readonly purpose: string
}

/** The table in `programs.txt`. */
export function readPrograms(): readonly Program[] {
  return readFileSync(join(import.meta.dirname, 'programs.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', debianPackage = '', ...purpose] = line.split(/ +/)
      return { name, debianPackage, purpose: purpose.join(' ') }
    })
}

/** Whether a program of that name is on the PATH, or among the administrator's programs. */
export function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The command that installs what brings these programs. */
export function installCommand(programs: readonly Program[]): string {
  const packages = [...new Set(programs.map((program) => program.debianPackage))]
  return `apt-get install -y --no-install-recommends ${packages.join(' ')}`
}
