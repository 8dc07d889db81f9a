import { toWire, type WireError } from '../../../shared/errors.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import type { Source } from '../../../shared/model/source.ts'

/** One source that a run backs up. */
export interface Target {
  readonly server: string
  readonly serverId: string
  readonly source: string
}

/** A server whose sources could not be looked for; `source` is `*`. */
export interface LostTarget extends Target {
  readonly error: WireError
}

/** How the scheduler finds out what is on a server. */
export interface ServerSources {
  /** Today's name of the server, or null where no profile has the id. */
  nameOf(serverId: string): string | null
  /** What is on the server now. Throws what the connection throws. */
  look(serverId: string, options: { readonly signal: AbortSignal }): Promise<readonly Source[]>
}

const accountKinds: ReadonlySet<Source['kind']> = new Set(['account'])

const noServer: WireError = {
  code: 'not-found',
  message: 'The server of this schedule was removed. Its backups are untouched; change the schedule.',
}

/** Whom a schedule backs up now, each once, in the schedule's order; servers that could not be asked are `lost`. */
export async function targetsOf(
  { sources }: Pick<Schedule, 'sources'>,
  servers: ServerSources,
  options: { readonly signal: AbortSignal },
): Promise<{ readonly targets: readonly Target[]; readonly lost: readonly LostTarget[] }> {
  const targets = new Map<string, Target>()
  const lost: LostTarget[] = []
  for (const each of sources) {
    const { serverId } = each
    const server = servers.nameOf(serverId)
    const add = (source: string) =>
      targets.set(`${serverId}/${source}`, { server: server ?? serverId, serverId, source })
    if (server === null) {
      const source = each.pick === 'source' ? each.source : '*'
      lost.push({ server: serverId, serverId, source, error: noServer })
      continue
    }
    if (each.pick === 'source') {
      add(each.source)
      continue
    }
    try {
      for (const { kind, name } of await servers.look(serverId, options)) {
        if (each.pick === 'server' || accountKinds.has(kind)) add(name)
      }
    } catch (error) {
      lost.push({ server, serverId, source: '*', error: toWire(error) })
    }
  }
  return { targets: [...targets.values()], lost }
}
