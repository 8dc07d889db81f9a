import { posix } from 'node:path'
import { documentRoot, domainNames, included } from './web-files.ts'
import type { VirtualHost, WebFiles } from './web-files.ts'

interface Line {
  readonly file: string
  /** The directive or `<section`, lower case. */
  readonly name: string
  readonly values: readonly string[]
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replaceAll(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  )
}

function linesOf(text: string, file: string): Line[] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .flatMap((raw) => {
      const line = raw.trim()
      if (line === '' || line.startsWith('#')) return []
      const [name = '', ...values] = wordsOf(line.startsWith('<') ? line.replace(/>\s*$/, '') : line)
      return [{ file, name: name.toLowerCase(), values }]
    })
}

interface Reading {
  readonly files: WebFiles
  serverRoot: string
  readonly variables: Map<string, string>
}

function substitute(value: string, variables: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => variables.get(name) ?? whole)
}

function* read(reading: Reading, path: string, open: readonly string[]): Generator<Line> {
  for (const line of linesOf(reading.files.get(path) ?? '', path)) {
    const values = line.values.map((value) => substitute(value, reading.variables))
    const [first = '', second = ''] = values
    if (line.name === 'define') reading.variables.set(first, second)
    else if (line.name === 'serverroot') reading.serverRoot = first
    else if (line.name === 'include' || line.name === 'includeoptional') {
      const found = included(reading.files, reading.serverRoot, first)
      const all = found.length > 0 ? found : included(reading.files, reading.serverRoot, `${first}/*`)
      for (const inner of all) {
        if (!open.includes(inner) && open.length < 16) yield* read(reading, inner, [...open, inner])
      }
    } else yield { ...line, values }
  }
}

interface OpenHost {
  readonly file: string
  readonly names: string[]
  readonly roots: string[]
  readonly pools: string[]
  readonly certificates: string[]
}

function emptyHost(file: string): OpenHost {
  return { file, names: [], roots: [], pools: [], certificates: [] }
}

function note(host: OpenHost, line: Line, serverRoot: string): void {
  if (line.name === 'documentroot') {
    const root = documentRoot(line.values[0] ?? '', serverRoot)
    if (root !== null) host.roots.push(root)
  } else if (line.name === 'servername' || line.name === 'serveralias') {
    host.names.push(
      ...domainNames(line.values.map((name) => name.replace(/^[a-z]+:\/\//, '').replace(/:\d+$/, ''))),
    )
  } else if (/^sslcertificate(key|chain)?file$/.test(line.name)) {
    host.certificates.push(...line.values.slice(0, 1).filter((path) => /^\/[^$]+$/.test(path)))
  } else if (/^(proxypassmatch|proxypass|sethandler)$/.test(line.name)) {
    const socket = line.values.map((value) => /unix:([^|]+)\|fcgi/.exec(value)?.[1]).find(Boolean)
    const port = line.values.map((value) => /fcgi:\/\/([^/]+:\d+)/.exec(value)?.[1]).find(Boolean)
    const pool = socket ?? port
    if (pool !== undefined) host.pools.push(pool)
  }
}

/**
 * The virtual hosts that Apache serves, as far as its files tell: `main` with its includes where it is there, else
 * every file on its own. What stands in `IfModule` and the like counts as active. The main server's own
 * document root is a host without names. `Define` is followed; macros are not.
 */
export function apacheHosts(files: WebFiles, main: string): VirtualHost[] {
  const start = files.has(main)
    ? [main]
    : [...files.keys()].filter((path) => !path.includes('/sites-available/'))
  const reading: Reading = {
    files,
    serverRoot: posix.dirname(main.replace(/\/conf\/httpd\.conf$/, '/httpd.conf')),
    variables: new Map(),
  }
  const hosts: OpenHost[] = []
  for (const path of start) {
    const outer: OpenHost = emptyHost(path)
    let host = outer
    for (const line of read(reading, path, [path])) {
      if (line.name === '<virtualhost') {
        host = emptyHost(line.file)
        hosts.push(host)
      } else if (line.name === '</virtualhost') host = outer
      else note(host, line, reading.serverRoot)
    }
    if (outer.roots.length > 0) hosts.push({ ...outer, names: [] })
  }
  return hosts
    .filter((host) => host.roots.length > 0 || host.names.length > 0)
    .map((host) => ({ ...host, names: [...new Set(host.names)], roots: [...new Set(host.roots)] }))
}
