import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import SSHConfig from 'ssh-config'
import { ServerDraft } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { readSshConfig } from './ssh-config-files.ts'

/** One host of an ssh_config as a profile to begin with. */
export interface ImportedServer {
  /** The name under which `ssh` knows it. */
  readonly alias: string
  readonly draft: ServerDraft
  /** What was left out or needs a look, one sentence each. */
  readonly notes: readonly string[]
}

export interface SshConfigImport {
  readonly drafts: readonly ImportedServer[]
  /** What concerns the file as a whole. */
  readonly notes: readonly string[]
}

/** Directives that say nothing about where a server is or who logs in. */
const taken = new Set(['host', 'hostname', 'port', 'user', 'identityfile', 'proxyjump'])

/**
 * Drafts of profiles from an ssh_config file, by default `~/.ssh/config`. Hosts with wildcards are skipped, what
 * they set for others counts. `Match` blocks, commands and name canonicalisation are never run, only noted. A
 * missing file gives nothing. Throws `invalid-input` where the file cannot be parsed.
 */
export async function importSshConfig(
  options: { readonly path?: string; readonly home?: string; readonly user?: string } = {},
): Promise<SshConfigImport> {
  const home = options.home ?? homedir()
  const path = options.path ?? join(home, '.ssh', 'config')
  const file = await readSshConfig(path, home)
  const notes = [...file.notes]
  const config = safeConfig(parse(file.text, path), notes)
  const aliases = hostAliases(config)
  const localUser = options.user ?? userInfo().username
  const names = new Map(aliases.map((alias) => [alias, profileName(alias)]))
  const drafts: ImportedServer[] = []
  for (const alias of aliases) {
    const values = config.compute({ Host: alias }, { ignoreCase: true, matchExec: false })
    const draft = draftOf(alias, values, { home, localUser, names })
    if ('problem' in draft) notes.push(`${alias}: ${draft.problem}`)
    else drafts.push(draft)
  }
  return { drafts, notes }
}

type Settings = Readonly<Record<string, string | string[] | undefined>>

function draftOf(
  alias: string,
  settings: Settings,
  place: { readonly home: string; readonly localUser: string; readonly names: ReadonlyMap<string, string> },
): ImportedServer | { readonly problem: string } {
  const notes: string[] = []
  const host = expand(first(settings.hostname) ?? alias, { h: alias }) ?? alias
  const user = first(settings.user) ?? place.localUser
  const tokens = { d: place.home, h: host, r: user, u: place.localUser }
  const candidate = {
    name: profileName(alias),
    host,
    port: Number(first(settings.port) ?? 22),
    user,
    auth: authOf(settings, place.home, tokens, notes),
    elevation: 'none',
    jump: jumpOf(first(settings.proxyjump), place.names, notes),
    rateMbit: null,
    legacyAlgorithms: false,
  }
  const others = Object.keys(settings).filter((name) => !taken.has(name) && name !== 'proxycommand')
  if (settings.proxycommand) {
    notes.push('ProxyCommand is not supported: give a jump host instead, or the server cannot be reached.')
  }
  if (others.length > 0) notes.push(`Not taken over: ${others.join(', ')}.`)
  const draft = ServerDraft.safeParse(candidate)
  if (draft.success) return { alias, draft: draft.data, notes }
  const fields = draft.error.issues.map((issue) => issue.path.join('.')).join(', ')
  return { problem: `skipped, because its ${fields} cannot be used.` }
}

function authOf(
  settings: Settings,
  home: string,
  tokens: Readonly<Record<string, string>>,
  notes: string[],
): ServerDraft['auth'] {
  const files = [settings.identityfile ?? []].flat()
  const paths = files.flatMap((file) => {
    const path = expand(file.replace(/^~(?=\/|$)/, home), tokens)
    if (path === null) notes.push(`IdentityFile ${file} uses a token that is not supported.`)
    return path === null ? [] : [path]
  })
  const [path, ...more] = paths
  if (path === undefined) return { kind: 'agent' }
  if (more.length > 0) notes.push(`Only the first key file is used; the others are: ${more.join(', ')}.`)
  return { kind: 'key', path }
}

function jumpOf(
  value: string | undefined,
  names: ReadonlyMap<string, string>,
  notes: string[],
): string | null {
  if (value === undefined || value.toLowerCase() === 'none') return null
  const hops = value.split(',').map((hop) => hop.trim())
  const last = hops.at(-1) ?? ''
  const name = names.get(last)
  if (name === undefined) {
    notes.push(`ProxyJump ${value} names no host of this file: add it as a server, then set it as jump host.`)
    return null
  }
  if (hops.length > 1) {
    notes.push(`ProxyJump ${value}: give ${last} the jump host ${hops.slice(0, -1).join(',')} as well.`)
  }
  return name
}

/** Replaces `%` tokens as ssh_config(5); null for one that is not among `tokens`. */
function expand(text: string, tokens: Readonly<Record<string, string>>): string | null {
  const letters = [...text.matchAll(/%(.?)/g)].map((match) => match[1] ?? '')
  if (letters.some((letter) => letter !== '%' && tokens[letter] === undefined)) return null
  return text.replace(/%(.)/g, (_match, letter: string) => tokens[letter] ?? letter)
}

function first(value: string | string[] | undefined): string | undefined {
  return [value ?? []].flat()[0]
}

function profileName(alias: string): string {
  return alias
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
}

function parse(text: string, path: string): SSHConfig {
  try {
    return SSHConfig.parse(text)
  } catch (cause) {
    throw new AppError(
      'invalid-input',
      `${path} cannot be understood, so nothing was imported. Mend it (ssh -G HOST shows where it is wrong) or add the servers by hand.`,
      { cause },
    )
  }
}

/** Without anything at which the library would start a program. */
function safeConfig(config: SSHConfig, notes: string[]): SSHConfig {
  const safe = new SSHConfig()
  for (const line of config) {
    const name = 'param' in line ? line.param.toLowerCase() : ''
    if (name === 'match') {
      notes.push('A Match block was left out: it may need a program to be run.')
      continue
    }
    if (name.startsWith('canonical')) {
      notes.push('Name canonicalisation was left out: hosts are taken as they are written.')
      continue
    }
    if ('config' in line) {
      const kept = line.config.filter((sub) => !('param' in sub && /^canonical/i.test(sub.param)))
      line.config.splice(0, line.config.length, ...kept)
    }
    safe.push(line)
  }
  return safe
}

/** Every plain name of a `Host` line, once, in order. */
function hostAliases(config: SSHConfig): string[] {
  const aliases = new Set<string>()
  for (const line of config) {
    if (!('param' in line) || line.param.toLowerCase() !== 'host') continue
    const values = Array.isArray(line.value) ? line.value.map(({ val }) => val) : [line.value]
    for (const value of values) if (value && !/[*?!]/.test(value)) aliases.add(value)
  }
  return [...aliases]
}
