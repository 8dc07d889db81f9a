import { homedir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '../../shared/client.ts'
import { hasCode } from '../../shared/errors.ts'
import type { Ports } from '../core/ports.ts'
import { openKeychain } from '../core/secrets/keychain.ts'
import { claimOwnership, type Other, type Owner } from '../core/store/owner.ts'
import { openDataFolder } from './data-folder.ts'
import { fileLog } from './file-log.ts'
import { localTransport, openProduct, type Product } from './product.ts'
import { ownerTransport } from './owner/owner-transport.ts'
import { serveChannel, type Channel } from './owner/serve-owner.ts'
import { systemClock } from './system-clock.ts'
import { version } from './version.ts'

/** A client, and the way to let go of what it stands on. */
export interface OpenClient extends AsyncDisposable {
  readonly client: Client
}

function portsFor(dataFolder: string, env: NodeJS.ProcessEnv): Ports {
  return {
    clock: systemClock,
    log: fileLog(join(dataFolder, 'holdfast.log'), systemClock),
    dataFolder,
    backupFolder: env['HOLDFAST_BACKUPS'] ?? join(homedir(), 'Holdfast'),
    app: `holdfast ${version}`,
    keychain: openKeychain(),
    passphraseFile: env['HOLDFAST_PASSPHRASE_FILE'] ?? null,
  }
}

/** How long an idle owner waits for those who speak through it to go, in milliseconds. */
const farewell = 1000

async function speakThrough(other: Other): Promise<OpenClient> {
  await using opening = new AsyncDisposableStack()
  const channel = opening.use(await other.connect())
  const client = createClient(ownerTransport(channel))
  await client.call('prompts.list', {})
  const opened = opening.move()
  return { client, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Waits until no work is under way, and for a moment until everybody else has gone. */
async function lastWork(product: Product, channels: ReadonlySet<Channel>): Promise<void> {
  const since = systemClock.monotonic()
  const { signal } = new AbortController()
  do {
    await product.idle()
    if (channels.size > 0) await systemClock.sleep(20, { signal })
  } while (product.busy || (channels.size > 0 && systemClock.monotonic() - since < farewell))
}

async function serveOthers(claim: Owner, env: NodeJS.ProcessEnv, options: OpenOptions): Promise<OpenClient> {
  const { signal, dataFolder } = options
  await using opening = new AsyncDisposableStack()
  opening.use(claim)
  const product = opening.use(await openProduct(portsFor(dataFolder, env)))
  const channels = new Set<Channel>()
  claim.onConnection((channel) => {
    channels.add(channel)
    channel.closed.addEventListener('abort', () => channels.delete(channel), { once: true })
    void serveChannel(channel, product).catch(() => undefined)
  })
  const opened = opening.move()
  return {
    client: createClient(localTransport(product, { signal })),
    [Symbol.asyncDispose]: async () => {
      if (!signal.aborted) await Promise.race([lastWork(product, channels), aborted(signal)])
      await opened.disposeAsync()
    },
  }
}

interface OpenOptions {
  readonly dataFolder: string
  readonly signal: AbortSignal
}

/**
 * Owns the data folder and opens the product over it, or speaks through the process that owns it; an owner that is
 * just leaving is replaced. Others may speak through this process too, and disposing waits for their work unless
 * the signal is aborted.
 */
export async function openClient(
  folder: string,
  { signal, env }: { readonly signal: AbortSignal; readonly env: NodeJS.ProcessEnv },
): Promise<OpenClient> {
  const dataFolder = await openDataFolder(folder)
  for (;;) {
    const claim = await claimOwnership(dataFolder, {
      clock: systemClock,
      signal: new AbortController().signal,
    })
    if (claim.kind === 'owner') return serveOthers(claim, env, { dataFolder, signal })
    try {
      return await speakThrough(claim)
    } catch (error) {
      if (!hasCode(error, 'connection-lost')) throw error
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
