import { homedir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '../../shared/client.ts'
import { hasCode } from '../../shared/errors.ts'
import type { Ports } from '../core/ports.ts'
import { openKeychain } from '../core/secrets/keychain.ts'
import { claimOwnership, type Other, type Owner } from '../core/store/owner.ts'
import { openDataFolder } from './data-folder.ts'
import { fileLog } from './file-log.ts'
import { acrossOwners } from './owner/across-owners.ts'
import { Guests } from './owner/guests.ts'
import type { Line } from './owner/line.ts'
import { openOwnerLine } from './owner/owner-line.ts'
import { startPracticeServer } from './practice-server/practice-server.ts'
import { localTransport, openProduct, type Product } from './product.ts'
import { systemClock } from './system-clock.ts'
import { thisMachine } from './this-machine.ts'
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
    machine: thisMachine(),
    startPractice: startPracticeServer,
    keychain: openKeychain(),
    passphraseFile: env['HOLDFAST_PASSPHRASE_FILE'] ?? null,
  }
}

/** How long an idle owner waits for those who speak through it to go, in milliseconds. */
const farewell = 1000

interface OpenOptions {
  readonly dataFolder: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Whether this process does what is due while the data folder is its own. */
  readonly stays: boolean
}

/** Waits until no work is under way, and for a moment until everybody else has gone; takes no more from then on. */
async function lastWork(product: Product, guests: Guests): Promise<void> {
  const since = systemClock.monotonic()
  const { signal } = new AbortController()
  do {
    await product.idle()
    if (guests.present) await systemClock.sleep(20, { signal })
  } while (product.busy || (guests.present && systemClock.monotonic() - since < farewell))
  guests.takeNoMore()
}

/** The product in this process, for others too. */
async function ownLine(claim: Owner, { dataFolder, env, signal, stays }: OpenOptions): Promise<Line> {
  await using opening = new AsyncDisposableStack()
  opening.use(claim)
  const product = await openProduct(portsFor(dataFolder, env))
  const guests = new Guests(product)
  opening.defer(() => guests.leave({ clock: systemClock }))
  opening.defer(() => claim.closeDoor())
  opening.use(product)
  claim.onConnection((channel) => guests.receive(channel))
  if (stays) product.watchDue()
  const opened = opening.move()
  return {
    ...localTransport(product, { signal }),
    [Symbol.asyncDispose]: async () => {
      if (!signal.aborted) await Promise.race([lastWork(product, guests), aborted(signal)])
      guests.takeNoMore()
      if (signal.aborted) guests.interrupt()
      await opened.disposeAsync()
    },
  }
}

/** The way through the process that owns the data folder, or null where it is leaving. */
async function guestLine(other: Other, options: { readonly signal: AbortSignal }): Promise<Line | null> {
  await using opening = new AsyncDisposableStack()
  const channel = await other.connect().catch((error: unknown) => {
    if (hasCode(error, 'connection-lost')) return null
    throw error
  })
  if (channel === null) return null
  opening.use(channel)
  const line = await openOwnerLine(channel, options)
  if (line !== null) opening.move()
  return line
}

async function openLine(options: OpenOptions): Promise<Line> {
  const { signal } = new AbortController()
  for (;;) {
    const claim = await claimOwnership(options.dataFolder, { clock: systemClock, signal })
    const line = await (claim.kind === 'owner' ? ownLine(claim, options) : guestLine(claim, options))
    if (line !== null) return line
  }
}

/**
 * Owns the data folder and opens the product over it, or speaks through the process that owns it. When that one
 * leaves, what it has not carried out goes to the next owner, or this process becomes it. Others may speak through
 * this process too, and disposing waits for their work unless the signal is aborted. `stays`: this process is there for
 * as long as somebody wants it, so it runs schedules while it owns the data folder.
 */
export async function openClient(
  folder: string,
  { signal, env, stays }: Omit<OpenOptions, 'dataFolder'>,
): Promise<OpenClient> {
  const dataFolder = await openDataFolder(folder)
  const transport = await acrossOwners(() => openLine({ dataFolder, env, signal, stays }))
  return { client: createClient(transport), [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose]() }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
