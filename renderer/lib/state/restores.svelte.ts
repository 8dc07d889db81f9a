import type { Client } from '../../../shared/client.ts'
import type { Output } from '../../../shared/contract.ts'
import type { Job } from '../../../shared/model/job.ts'
import { Loaded } from './loaded.svelte.ts'

const about: ReadonlySet<Job['kind']> = new Set(['restore', 'undo', 'rollback', 'drill'] as const)

/** All restores that are known here, and those that stopped in the middle. */
export class RestoresState {
  readonly loaded: Loaded<Output<'restores.list'>>
  readonly stopped = $derived.by(
    () => this.loaded.value?.restores.filter(({ unfinished }) => unfinished !== null) ?? [],
  )

  constructor(client: Client) {
    this.loaded = new Loaded(() => client.call('restores.list', {}))
    client.onEvent((event) => {
      const began = event.type === 'job.changed' && event.job.progress === null
      const ended = event.type === 'job.changed' && event.job.finishedAt !== null
      if (event.type === 'resync' || ((began || ended) && about.has(event.job.kind)))
        void this.loaded.refresh()
    })
  }
}
