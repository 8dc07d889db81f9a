import { createHash } from 'node:crypto'
import { Survey } from '../../../shared/model/server.ts'
import type { WireCodec } from '../../../shared/model/server.ts'
import type { Clock } from '../ports.ts'
import type { RemoteShell } from '../remote/shell.ts'

/** UID_MIN where login.defs does not say. */
const UID_MIN = 1000
const compressors = ['zstd', 'pigz', 'gzip'] as const

/** Looks at a server with one script that only reads. Throws what `RemoteShell.run` throws. */
export async function takeSurvey(
  shell: RemoteShell,
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Survey> {
  const { facts } = await shell.run('survey', { values: { login: shell.loginUser }, signal: options.signal })
  const tools = factsBelow(facts, 'tool.')
  const codecs: WireCodec[] = [...compressors.filter((codec) => codec in tools), 'none']
  return Survey.parse({
    takenAt: options.clock.now().toISOString(),
    hostname: facts.get('hostname') ?? '',
    os: facts.get('os') ?? '',
    machine: fingerprintOf(facts.get('machine-id')),
    panel: facts.get('panel') ?? null,
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    uid: numberOf(facts.get('login-uid')) ?? 0,
    tools,
    codecs,
    cpus: numberOf(facts.get('cpus')) ?? 1,
    freeBytes: freeBytes(factsBelow(facts, 'free.')),
    uidMin: numberOf(facts.get('uid-min')) ?? UID_MIN,
    protectedHardlinks: facts.get('protected-hardlinks') === '1',
    mysql: database(facts.get('mysql'), tools['mariadb'] ?? tools['mysql']),
    postgresql: database(facts.get('postgresql'), tools['psql']),
  } satisfies Survey)
}

function factsBelow(facts: ReadonlyMap<string, string>, prefix: string): Record<string, string> {
  const below = [...facts].filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(below.map(([name, value]) => [name.slice(prefix.length), value]))
}

function freeBytes(kibibytes: Record<string, string>): Record<string, number> {
  const known = Object.entries(kibibytes).map(([folder, text]) => [folder, numberOf(text)] as const)
  return Object.fromEntries(known.flatMap(([folder, free]) => (free === null ? [] : [[folder, free * 1024]])))
}

/** The server's version where it answered, else the client's. Null where there is no client. */
function database(answer: string | undefined, client: string | undefined): Survey['mysql'] {
  if (answer === undefined) return null
  return answer === '' ? { version: client ?? '', reachable: false } : { version: answer, reachable: true }
}

function fingerprintOf(machineId: string | undefined): string | null {
  return machineId ? createHash('sha256').update(machineId).digest('hex') : null
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,18}$/.test(text) ? Number(text) : null
}
