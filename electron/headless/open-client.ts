import { homedir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '../../shared/client.ts'
import type { Ports } from '../core/ports.ts'
import { openKeychain } from '../core/secrets/keychain.ts'
import { claimOwnership } from '../core/store/owner.ts'
import { openDataFolder } from './data-folder.ts'
import { fileLog } from './file-log.ts'
import { localTransport, openProduct } from './product.ts'
import { ownerTransport } from './owner/owner-transport.ts'
import { serveChannel } from './owner/serve-owner.ts'
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

/**
 * Owns the data folder and opens the product over it, or speaks through the process that owns it. In the first
 * case others may speak through this one, and disposing waits for their work unless the signal is aborted.
 */
export async function openClient(
  folder: string,
  { signal, env }: { readonly signal: AbortSignal; readonly env: NodeJS.ProcessEnv },
): Promise<OpenClient> {
  const dataFolder = await openDataFolder(folder)
  await using opening = new AsyncDisposableStack()
  const claim = await claimOwnership(dataFolder, { clock: systemClock, signal: new AbortController().signal })
  if (claim.kind === 'other') {
    const channel = opening.use(await claim.connect())
    const opened = opening.move()
    return {
      client: createClient(ownerTransport(channel)),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  }
  opening.use(claim)
  const product = opening.use(await openProduct(portsFor(dataFolder, env)))
  claim.onConnection((channel) => void serveChannel(channel, product).catch(() => undefined))
  const opened = opening.move()
  return {
    client: createClient(localTransport(product, { signal })),
    [Symbol.asyncDispose]: async () => {
      if (!signal.aborted) await Promise.race([product.idle(), aborted(signal)])
      await opened.disposeAsync()
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
