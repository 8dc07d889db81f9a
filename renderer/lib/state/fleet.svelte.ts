import type { Client } from '../../../shared/client.ts'
import type { Fleet, FleetServer, SourceStanding } from '../../../shared/model/fleet.ts'
import { kindsByName } from '../distinct.ts'
import { Loaded } from './loaded.svelte.ts'

const days = 30

/** States that need nobody. */
const quiet: ReadonlySet<SourceStanding['state']> = new Set(['protected', 'running'] as const)
/** True for states that need nobody. */
export function isQuiet(state: SourceStanding['state']): boolean {
  return quiet.has(state)
}

/** States that are worse than a warning. */
const bad: ReadonlySet<SourceStanding['state']> = new Set(['failed', 'blocked'] as const)

/** A source with the server that it is on. */
export interface Row {
  readonly server: string
  readonly source: SourceStanding
}

/** How bad the worst of some sources is, and how many need somebody. */
export interface Attention {
  readonly count: number
  readonly worst: 'warn' | 'fail' | null
}

export function attentionOf(sources: readonly SourceStanding[]): Attention {
  const needing = sources.filter(({ state }) => !quiet.has(state))
  const worst = needing.some(({ state }) => bad.has(state)) ? 'fail' : 'warn'
  return { count: needing.length, worst: needing.length === 0 ? null : worst }
}

/** All servers and how their sources stand. */
export class FleetState {
  readonly loaded: Loaded<Fleet>
  readonly servers = $derived.by((): readonly FleetServer[] => this.loaded.value?.servers ?? [])
  readonly rows = $derived(
    this.servers.flatMap(({ server, sources }): Row[] =>
      sources.map((source) => ({ server: server.name, source })),
    ),
  )
  /** What is at each place for copies, by its name. */
  readonly places = $derived.by(() => kindsByName(this.loaded.value?.storage ?? []))
  readonly protected = $derived(this.rows.filter(({ source }) => source.protected).length)
  /** Worst first. */
  readonly attention = $derived(
    this.rows
      .filter(({ source }) => !quiet.has(source.state))
      .sort((a, b) => Number(bad.has(b.source.state)) - Number(bad.has(a.source.state))),
  )

  constructor(client: Client) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    this.loaded = new Loaded(() => client.call('fleet.show', { days, timeZone }))
    client.onEvent((event) => {
      if (
        event.type === 'job.changed'
          ? event.job.progress === null || event.job.finishedAt !== null
          : changes.has(event.type)
      )
        void this.loaded.refresh()
    })
  }

  named(name: string): FleetServer | null {
    return this.servers.find(({ server }) => server.name === name) ?? null
  }
}

const changes: ReadonlySet<string> = new Set([
  'catalog.changed',
  'servers.changed',
  'destinations.changed',
  'resync',
])
