import type { WebFiles } from './web-files.ts'

/** A PHP-FPM pool. */
export interface PhpPool {
  readonly file: string
  readonly name: string
  readonly user: string
  /** Socket path or address, as web servers name it. */
  readonly listen: string
}

/** The pools of PHP-FPM pool files. `$pool` stands for the pool's name. Sections without a user are passed over. */
export function phpPools(files: WebFiles): PhpPool[] {
  return [...files].flatMap(([file, text]) => {
    const pools: { name: string; values: Map<string, string> }[] = []
    for (const raw of text.split('\n')) {
      const line = raw.trim()
      const section = /^\[([^\]]+)\]$/.exec(line)?.[1]
      const [, key, value] = /^([a-z._]+)\s*=\s*(.*?)\s*(?:;.*)?$/.exec(line) ?? []
      if (section !== undefined) pools.push({ name: section, values: new Map() })
      else if (key !== undefined && value !== undefined) {
        pools.at(-1)?.values.set(key, value.replace(/^"(.*)"$/, '$1'))
      }
    }
    return pools.flatMap(({ name, values }) => {
      const fill = (value: string | undefined) => (value ?? '').replaceAll('$pool', name)
      const user = fill(values.get('user'))
      return user === '' ? [] : [{ file, name, user, listen: fill(values.get('listen')) }]
    })
  })
}

/** PHP's version as the folder of a pool file has it: `/etc/php/8.2/…`, `/etc/opt/remi/php82/…`. Else null. */
export function phpVersionOf(file: string): string | null {
  const [, major, minor] = /\/(?:ea-)?php[-/]?(\d)\.?(\d+)\//.exec(file) ?? []
  return major === undefined || minor === undefined ? null : `${major}.${minor}`
}
