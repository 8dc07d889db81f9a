import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import type { Clock } from '../ports.ts'
import { storingError } from './file-error.ts'
import { messageChannel, type MessageChannelLike } from './message-channel.ts'
import { assertShortEnough, endpointOf, listenIn } from './owner-endpoint.ts'
import { takeLock } from './owner-lock.ts'

/** How long an owner may take from locking the folder to answering, in milliseconds. */
const patience = 10_000
const pause = 20

/** This process owns the data folder, until it is disposed or dies. */
export interface Owner extends AsyncDisposable {
  readonly kind: 'owner'
  /** Who speaks through the owner, those who came before this call included. One listener. */
  onConnection(listener: (channel: MessageChannelLike) => void): void
  /** Lets nobody new in; who comes waits until the folder is free. The folder stays owned. Once or more often. */
  closeDoor(): Promise<void>
}

/** Another process owns the data folder. */
export interface Other {
  readonly kind: 'other'
  /** Opens a channel to the owner. Throws `connection-lost` where it has gone since: claim again. */
  connect(): Promise<MessageChannelLike>
}

/**
 * Makes this process the owner of a data folder, or says who else to speak to. Of any number of processes that try
 * at once exactly one becomes the owner; a dead owner is replaced at once. An `Other` was seen answering.
 * @throws `permission-denied` where the folder cannot be written, `invalid-input` where its path is too long,
 * `busy` where the owner does not answer, `cancelled`
 */
export async function claimOwnership(
  folder: string,
  { clock, signal }: { readonly clock: Pick<Clock, 'monotonic' | 'sleep'>; readonly signal: AbortSignal },
): Promise<Owner | Other> {
  assertShortEnough(folder)
  const giveUpAt = clock.monotonic() + patience
  for (;;) {
    throwIfCancelled(signal)
    const lock = takeLock(folder)
    if (lock !== null) return serve(folder, lock)
    const socket = await tryConnect(folder)
    if (socket !== null) {
      socket.destroy()
      return { kind: 'other', connect: () => connect(folder) }
    }
    if (clock.monotonic() >= giveUpAt) {
      throw new AppError(
        'busy',
        `Another Holdfast process has the data folder ${folder} open but does not answer. Nothing was changed: end that process, then try again.`,
      )
    }
    await clock.sleep(pause, { signal })
  }
}

async function serve(folder: string, lock: Disposable): Promise<Owner> {
  const waiting: MessageChannelLike[] = []
  let listener = (channel: MessageChannelLike): void => void waiting.push(channel)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    listener(messageChannel(socket))
  })
  let removeEndpoint: () => Promise<void>
  try {
    removeEndpoint = await listenIn(folder, server)
  } catch (error) {
    server.close()
    lock[Symbol.dispose]()
    throw storingError(
      error,
      `Could not open the door of the data folder ${folder}`,
      'Nothing in it was changed.',
    )
  }
  return {
    kind: 'owner',
    onConnection(next) {
      listener = next
      for (const channel of waiting.splice(0)) next(channel)
    },
    closeDoor: removeEndpoint,
    async [Symbol.asyncDispose]() {
      await removeEndpoint()
      for (const socket of open) socket.destroy()
      await closed(server)
      lock[Symbol.dispose]()
    },
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

async function connect(folder: string): Promise<MessageChannelLike> {
  const socket = await tryConnect(folder)
  if (socket !== null) return messageChannel(socket)
  throw new AppError(
    'connection-lost',
    `The Holdfast process that had ${folder} open is gone. What it had finished stays as it was: try again.`,
  )
}

/** A connection to the owner, or null where nobody answers. */
async function tryConnect(folder: string): Promise<Socket | null> {
  const endpoint = await endpointOf(folder)
  if (endpoint === null) return null
  return new Promise((resolve) => {
    const socket = connectSocket(endpoint)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}
