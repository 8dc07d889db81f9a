import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient, type Client } from '../../shared/client.ts'
import type { Job } from '../../shared/model/job.ts'
import type { RestoreRequest } from '../../shared/model/restore.ts'
import { openMemorySecrets } from '../../electron/core/secrets/memory.ts'
import { openDataFolder } from '../../electron/headless/data-folder.ts'
import { startPracticeServer } from '../../electron/headless/practice-server/practice-server.ts'
import { localTransport, openProduct } from '../../electron/headless/product.ts'
import { systemClock } from '../../electron/headless/system-clock.ts'

/** Resolves when a job has ended, to its state. */
function ended(client: Client, { id }: Job): Promise<Job['state']> {
  const { promise, resolve } = Promise.withResolvers<Job['state']>()
  const look = (job: Job) => {
    if (job.id === id && job.finishedAt !== null) resolve(job.state)
  }
  client.onEvent((event) => {
    if (event.type === 'job.changed') look(event.job)
  })
  void client.call('jobs.show', { id, log: false }).then(({ job }) => look(job))
  return promise
}

test(
  'shows what was confirmed of a restore, and how far each of its steps is',
  { tags: ['thorough'] },
  async () => {
    await using opening = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-show-'))
    opening.defer(() => rm(folder, { recursive: true, force: true }))
    const product = opening.use(
      await openProduct({
        ...{ clock: systemClock, log: { write: () => undefined }, machine: null, app: 'holdfast 0.1.0' },
        dataFolder: await openDataFolder(join(folder, 'data')),
        backupFolder: join(folder, 'backups'),
        ...{ keychain: openMemorySecrets(), passphraseFile: null },
        startPractice: (options) => startPracticeServer({ ...options, database: 'sqlite' }),
      }),
    )
    const client = createClient(localTransport(product, { signal: new AbortController().signal }))
    await client.call('practice.start', {})
    const { jobs } = await client.call('backups.start', {
      ...{ sources: [{ server: 'practice', source: 'marina' }], scope: 'full', destinations: [] },
      ...{ exclude: [], credentials: true },
    })
    for (const job of jobs) expect(await ended(client, job)).toBe('succeeded')
    const request: RestoreRequest = {
      from: { kind: 'backup', backup: 'practice/marina@latest', destination: null },
      ...{
        to: { server: 'practice', account: 'noor' },
        scope: 'full',
        items: ['files/public_html'],
        map: [],
      },
      ...{ keepExtra: true, mail: 'replace', tableAs: null, create: false, enableCron: false },
      ...{ acceptUnsaved: [], undoes: null },
    }
    const { plan } = await client.call('restores.plan', { request })
    const { digest } = plan
    const { job } = await client.call('restores.start', { request, digest, confirm: 'noor' })
    expect(await ended(client, job)).toBe('succeeded')

    const shown = await client.call('restores.show', { job: job.id })
    const { report } = await client.call('restores.report', { job: job.id })
    expect(shown).toMatchObject({ request: { keepExtra: true }, plan: { digest } })
    expect(shown.safetyBackup).toBe(report.undo?.backup)
    expect(shown.steps).toEqual(plan.steps.map((step) => ({ step, state: 'committed' })))
    await expect(client.call('restores.show', { job: jobs[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'not-found',
    })
  },
)
