import { createHmac, timingSafeEqual } from 'node:crypto'
import { publicKeyType } from './fingerprint.ts'

/** One line of a known_hosts file that says something about a key (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHostEntry {
  readonly marker: 'revoked' | 'cert-authority' | null
  /** The host field as it stands: one hashed name, or patterns with commas. */
  readonly hosts: string
  readonly keyType: string
  /** The key in wire form. */
  readonly key: Buffer
  readonly comment: string
}

/** A line of the file, kept as it was. `entry` is null for comments, blank lines and lines that say nothing. */
export interface KnownHostLine {
  readonly text: string
  readonly entry: KnownHostEntry | null
}

/** What a known_hosts file says about a key that a server shows. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  /** No line names this host; `certAuthority` where one does that Holdfast cannot use, because it is about certificates. */
  | { readonly kind: 'unknown'; readonly certAuthority: boolean }
  /** Keys are known for this host and this is none of them, whatever its type. */
  | { readonly kind: 'changed'; readonly known: readonly Buffer[] }
  | { readonly kind: 'revoked' }

const linePattern =
  /^[ \t]*(?:@(\S+)[ \t]+)?([^\s#@]\S*)[ \t]+(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/

/** Every line of a file, in order; nothing is lost that `formatKnownHosts` would not write again. */
export function parseKnownHosts(text: string): KnownHostLine[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => ({ text: line, entry: parseLine(line.replace(/\r$/, '')) }))
}

export function formatKnownHosts(lines: readonly KnownHostLine[]): string {
  return lines.map((line) => `${line.text}\n`).join('')
}

function parseLine(line: string): KnownHostEntry | null {
  const match = linePattern.exec(line)
  if (!match) return null
  const [, marker, hosts = '', keyType = '', base64 = '', comment = ''] = match
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return null
  const key = Buffer.from(base64, 'base64')
  if (publicKeyType(key) !== keyType) return null
  return { marker: marker ?? null, hosts, keyType, key, comment }
}

/** The name under which a host stands in the file: `host`, or `[host]:port` for any port but 22. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

/** True where the host field of a line covers this name: hashed, or by patterns of which none is negated. */
export function coversHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return isHashOf(hosts, name)
  const patterns = hosts.toLowerCase().split(',')
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  if (negated.some((pattern) => matchesPattern(pattern, name))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, name))
}

function isHashOf(hosts: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = hosts.split('|')
  if (version !== '1') return false
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  const given = Buffer.from(hash, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** `*` and `?` as in ssh_config(5); everything else stands for itself. Linear in both lengths at worst squared. */
function matchesPattern(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < name.length) {
    if (pattern[at] === '*') {
      star = at
      resume = index
      at += 1
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[index])) {
      at += 1
      index += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      index = resume
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}

/** The entries about a host, in the order of the file. */
export function entriesFor(lines: readonly KnownHostLine[], host: string, port: number): KnownHostEntry[] {
  const name = knownHostName(host, port)
  return lines.flatMap(({ entry }) => (entry && coversHost(entry.hosts, name) ? [entry] : []))
}

/** Judges the key that a host showed by the entries about it. A revoked key is revoked whatever else is said. */
export function judgeHostKey(entries: readonly KnownHostEntry[], key: Buffer): HostKeyVerdict {
  const same = entries.filter((entry) => entry.key.equals(key))
  if (same.some((entry) => entry.marker === 'revoked')) return { kind: 'revoked' }
  if (same.some((entry) => entry.marker === null)) return { kind: 'known' }
  const known = entries.filter((entry) => entry.marker === null)
  if (known.length > 0) return { kind: 'changed', known: known.map((entry) => entry.key) }
  return { kind: 'unknown', certAuthority: entries.some((entry) => entry.marker === 'cert-authority') }
}

/** The file with one more key for a host; unchanged where it is there already. */
export function withHostKey(
  lines: readonly KnownHostLine[],
  host: string,
  port: number,
  key: Buffer,
): KnownHostLine[] {
  if (judgeHostKey(entriesFor(lines, host, port), key).kind === 'known') return [...lines]
  const text = `${knownHostName(host, port)} ${publicKeyType(key) ?? ''} ${key.toString('base64')}`
  return [...lines, { text, entry: parseLine(text) }]
}

/**
 * The file without any accepted key for a host. Names that share a line keep it, patterns that cover the host get
 * it excluded, and revoked keys stay revoked.
 */
export function withoutHost(lines: readonly KnownHostLine[], host: string, port: number): KnownHostLine[] {
  const name = knownHostName(host, port)
  return lines.flatMap((line) => {
    const { entry } = line
    if (!entry || entry.marker !== null || !coversHost(entry.hosts, name)) return [line]
    const rest = entry.hosts.startsWith('|')
      ? []
      : entry.hosts.split(',').filter((pattern) => pattern.toLowerCase() !== name)
    if (!rest.some((pattern) => !pattern.startsWith('!'))) return []
    const hosts = coversHost(rest.join(','), name) ? [...rest, `!${name}`].join(',') : rest.join(',')
    const text = [hosts, entry.keyType, entry.key.toString('base64'), entry.comment].join(' ').trimEnd()
    return [{ text, entry: { ...entry, hosts } }]
  })
}
