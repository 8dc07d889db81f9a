import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { createClient } from '../../shared/client.ts'
import type { Input } from '../../shared/contract.ts'
import type { Job } from '../../shared/model/job.ts'
import { openMemorySecrets } from '../../electron/core/secrets/memory.ts'
import { localTransport, openProduct } from '../../electron/headless/product.ts'
import { systemClock } from '../../electron/headless/system-clock.ts'
import type { ProductOrder, ProductReply, ProductTask } from './measured-product.ts'

/**
 * Holdfast in a process of its own, so that what it spends and reads is only its own: `product-process.ts ORDER`. Adds
 * the server, prints `ready`, then does what each line on stdin says and prints what that came to. All in JSON.
 */
async function main(order: ProductOrder): Promise<void> {
  const { signal } = new AbortController()
  await using product = await openProduct({
    clock: systemClock,
    log: { write: () => undefined },
    dataFolder: order.dataFolder,
    backupFolder: order.backupFolder,
    app: 'holdfast bench',
    keychain: openMemorySecrets(),
    passphraseFile: null,
  })
  const client = createClient(localTransport(product, { signal }))
  await client.call('servers.add', { draft: order.draft, secrets: {}, accept: order.fingerprint })
  const ended = (start: () => Promise<{ readonly id: string }>) =>
    new Promise<Job>((resolve, reject) => {
      let wanted: string | null = null
      const over: Job[] = []
      const stop = product.onEvent((event) => {
        if (event.type !== 'job.changed') return
        const { state, id } = event.job
        if (state === 'queued' || state === 'running' || state === 'cancelling') return
        over.push(event.job)
        if (id === wanted) finish(event.job)
      })
      const finish = (job: Job) => {
        stop()
        if (job.state === 'succeeded') resolve(job)
        else reject(new Error(`${job.title} is ${job.state}: ${job.error?.message ?? ''}`))
      }
      start().then(({ id }) => {
        wanted = id
        const early = over.find((job) => job.id === id)
        if (early) finish(early)
      }, reject)
    })

  const backUp = async (account: string): Promise<string> => {
    const sources = [{ server: order.draft.name, source: account }]
    const input: Input<'backups.start'> = {
      ...{ sources, scope: 'full', destinations: [], exclude: [], credentials: true },
    }
    const job = await ended(async () => {
      const [first] = (await client.call('backups.start', input)).jobs
      if (first === undefined) throw new Error('No job was started.')
      return first
    })
    return job.backupId ?? ''
  }

  const restore = async ({ account, backup, items }: Extract<ProductTask, { do: 'restore' }>) => {
    const request: Input<'restores.plan'>['request'] = {
      from: { kind: 'backup', backup, destination: null },
      to: { server: order.draft.name, account },
      ...{ scope: 'full', items: [...items], map: [], keepExtra: false, mail: 'replace', tableAs: null },
      ...{ create: false, enableCron: false, acceptUnsaved: [], undoes: null },
    }
    const { plan } = await client.call('restores.plan', { request })
    const planned = meter()
    await ended(
      async () =>
        (await client.call('restores.start', { request, digest: plan.digest, confirm: account })).job,
    )
    return planned()
  }

  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const task = JSON.parse(line) as ProductTask
    const whole = meter()
    const backup = task.do === 'backup' ? await backUp(task.account) : task.backup
    const applied = task.do === 'restore' ? await restore(task) : null
    const reply: ProductReply = { backup, whole: whole(), applied }
    console.log(JSON.stringify(reply))
  }
}

/** What this process spends from now on. `readBytes`: of files, pipes and devices, whoever asked for them: proc(5)'s `rchar`. */
function meter() {
  const began = performance.now()
  const before = readBytes()
  return () => ({ wallSeconds: (performance.now() - began) / 1000, readBytes: readBytes() - before })
}

function readBytes(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1])
}

await main(JSON.parse(process.argv[2] ?? '') as ProductOrder)
