import { createInterface } from 'node:readline/promises'
import { createClient, type Client } from '../../shared/client.ts'
import { openMemorySecrets } from '../../electron/core/secrets/memory.ts'
import { ssh2AddonInUse } from '../../electron/core/servers/addon.ts'
import { localTransport, openProduct } from '../../electron/headless/product.ts'
import { systemClock } from '../../electron/headless/system-clock.ts'
import type { BackupOrder, BackupReport } from './measure-backup.ts'

/**
 * Holdfast in a process of its own, so that its memory and CPU are only its own: `backup-process.ts ORDER`, JSON. Adds
 * the server, prints `ready`, waits for a line on stdin, makes one backup and prints its report as JSON.
 */
async function main(order: BackupOrder): Promise<void> {
  const { signal } = new AbortController()
  await using product = await openProduct({
    clock: systemClock,
    log: { write: () => undefined },
    dataFolder: order.dataFolder,
    backupFolder: order.backupFolder,
    app: 'holdfast bench',
    keychain: openMemorySecrets(),
    passphraseFile: null,
    machine: null,
  })
  const client = createClient(localTransport(product, { signal }))
  await client.call('servers.add', { draft: order.draft, secrets: {}, accept: order.fingerprint })
  if (order.encrypted) await confirmRecoveryKey(client)
  const place = {
    kind: 'local',
    name: 'bench',
    path: order.backupFolder,
    encrypted: order.encrypted,
  } as const
  await client.call('destinations.add', place)

  console.log('ready')
  using lines = createInterface({ input: process.stdin })
  await lines[Symbol.asyncIterator]().next()
  const meter = startMeter()
  const finished = Promise.withResolvers<Omit<BackupReport, 'warnings'>>()
  let archiveComplete = meter()
  let verifying = false
  product.onEvent((event) => {
    if (event.type !== 'job.changed') return
    if (!verifying && event.job.progress?.phase === 'verifying') {
      verifying = true
      archiveComplete = meter()
      console.log('complete')
    }
    const { state, error, backupId } = event.job
    if (state === 'queued' || state === 'running' || state === 'cancelling') return
    const done = meter()
    finished.resolve({
      ...{ state, error: error?.message ?? null, backupId, archiveComplete, done },
      peakBytes: process.resourceUsage().maxRSS * 1024,
      nativeAddon: ssh2AddonInUse(),
    })
  })
  const source = { server: order.draft.name, source: order.account }
  const scope = 'full' as const
  await client.call('backups.start', {
    ...{ sources: [source], scope, destinations: [place.name], exclude: [], credentials: true },
  })
  const report = await finished.promise
  console.log(JSON.stringify({ ...report, warnings: await warningsOf(client, report.backupId) }))
}

async function confirmRecoveryKey(client: Client): Promise<void> {
  const { sheet } = await client.call('recoveryKey.create', {})
  const [, key = ''] = /^ {4}(AGE-SECRET-KEY-1\w{58})$/m.exec(sheet.text) ?? []
  await client.call('recoveryKey.confirm', { key })
}

async function warningsOf(client: Client, backup: string | null): Promise<readonly string[]> {
  if (backup === null) return []
  const { manifest } = await client.call('backups.show', { backup })
  const warnings = manifest.components.flatMap((component) => component.warnings)
  return warnings.slice(0, 5).map(({ code, path, note }) => `${code} ${path} ${note ?? ''}`.trim())
}

/** Seconds of time and CPU, of all threads, since now. */
function startMeter() {
  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpuBefore)
    return { wallSeconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 }
  }
}

await main(JSON.parse(process.argv[2] ?? '') as BackupOrder)
