import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Client } from '../../../shared/client.ts'
import type { Method } from '../../../shared/contract.ts'
import { AppError, errorCodes, toWire } from '../../../shared/errors.ts'
import { EventBus } from '../../core/event-bus.ts'
import type { Clock } from '../../core/ports.ts'
import { errnoOf } from '../../core/store/file-error.ts'
import { streamEvents } from './event-stream.ts'
import { guardBody, guardRequest, type Asked, type Refusal } from './guard.ts'
import { safeHeaders } from '../../hosts/page-headers.ts'
import { readJson } from './read-json.ts'
import { cookieName, readCookie, Sessions } from './session.ts'
import type { StaticFiles } from '../../hosts/page-files.ts'

/** Bytes of a call's input: the contract's longest lists fit. */
const bodyLimit = 4 * 1024 * 1024
/** Milliseconds in which a request must have come whole. */
const requestPatience = 30_000

export interface BrowserHost extends AsyncDisposable {
  readonly port: number
  /** An address that opens one session; it is good once, for ten minutes. The code never reaches the server's log. */
  launchAddress(): string
}

export interface BrowserHostOptions {
  readonly client: Client
  readonly files: StaticFiles
  readonly clock: Pick<Clock, 'monotonic'>
  /** 0: any free port. */
  readonly port: number
}

interface Visit {
  readonly asked: Asked
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** The product for a browser on this computer, at 127.0.0.1 only. */
class Door {
  readonly sessions: Sessions
  readonly #client: Client
  readonly #files: StaticFiles
  readonly #events = new EventBus()
  readonly #unsubscribe: () => void
  port = 0

  constructor({ client, files, clock }: BrowserHostOptions) {
    this.sessions = new Sessions(clock)
    this.#client = client
    this.#files = files
    this.#unsubscribe = client.onEvent(({ seq: _, ...body }) => this.#events.publish(body))
  }

  close(): void {
    this.#unsubscribe()
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value)
    const asked: Asked = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
    }
    const refusal = guardRequest(asked, this) ?? (await this.#route({ asked, request, response }))
    if (refusal !== null) refuse(response, refusal)
  }

  async #route(visit: Visit): Promise<Refusal | null> {
    const { method, target } = visit.asked
    if (target === '/session') return method === 'POST' ? this.#openSession(visit) : wrongMethod
    if (target.startsWith('/rpc/')) return method === 'POST' ? this.#call(visit) : wrongMethod
    if (/^\/events(\?|$)/.test(target)) return method === 'GET' ? this.#stream(visit) : wrongMethod
    return this.#file(visit)
  }

  async #openSession({ asked, request, response }: Visit): Promise<Refusal | null> {
    const body = guardBody(asked, { limit: 1024 }) ?? (await readJson(request, { limit: 1024 }))
    if ('refused' in body) return body
    const { code } = Object(body.value) as { readonly code?: unknown }
    const session = this.sessions.open(typeof code === 'string' ? code : '', {
      cookie: this.#cookieOf(asked),
    })
    if ('refused' in session) return session
    response.setHeader(
      'set-cookie',
      `${cookieName(this.port)}=${session.cookie}; Path=/; HttpOnly; SameSite=Strict`,
    )
    answer(response, 200, { token: session.token })
    return null
  }

  #cookieOf({ headers }: Asked): string {
    return readCookie(headers['cookie'] as string | undefined, cookieName(this.port))
  }

  #checkSession(asked: Asked): Refusal | null {
    const token = asked.headers['x-holdfast-token']
    return this.sessions.check({
      cookie: this.#cookieOf(asked),
      token: typeof token === 'string' ? token : '',
    })
  }

  async #call({ asked, request, response }: Visit): Promise<Refusal | null> {
    const refusal = this.#checkSession(asked) ?? guardBody(asked, { limit: bodyLimit })
    if (refusal !== null) return refusal
    const body = await readJson(request, { limit: bodyLimit })
    if ('refused' in body) return body
    const method = asked.target.slice('/rpc/'.length)
    const gone = new AbortController()
    if (asked.headers['x-holdfast-ends'] === 'with-request')
      response.on('close', () => gone.abort(new AppError('cancelled', 'Cancelled. Nothing more is done.')))
    try {
      // The door of the product looks the name up and checks the input; here they are only passed on.
      const value = await this.#client.call(method as Method, body.value as never, {
        signal: gone.signal,
      })
      answer(response, 200, { ok: true, value })
    } catch (thrown) {
      const error = toWire(thrown)
      answer(response, errorCodes[error.code].http, { ok: false, error })
    }
    return null
  }

  #stream({ asked, response }: Visit): Refusal | null {
    const refusal = this.#checkSession(asked)
    if (refusal !== null) return refusal
    const after = /^\/events\?after=(\d{1,15})$/.exec(asked.target)?.[1]
    if (after === undefined && asked.target !== '/events') return { status: 404, refused: 'path' }
    streamEvents(response, this.#events, { after: after === undefined ? null : Number(after) })
    return null
  }

  #file({ asked, response }: Visit): Refusal | null {
    if (asked.method !== 'GET' && asked.method !== 'HEAD') return wrongMethod
    const file = this.#files.get(asked.target)
    if (file === undefined) return { status: 404, refused: 'path' }
    response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length })
    response.end(asked.method === 'HEAD' ? undefined : file.bytes)
    return null
  }
}

const wrongMethod: Refusal = { status: 405, refused: 'method' }

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(value))
}

function refuse(response: ServerResponse, { status, refused }: Refusal): void {
  response.setHeader('connection', 'close')
  answer(response, status, { refused })
}

/** @throws `conflict` where the port is taken, `permission-denied` where it may not be used */
function listenError(error: unknown, port: number): unknown {
  const taken = errnoOf(error) === 'EADDRINUSE'
  if (!taken && errnoOf(error) !== 'EACCES') return error
  return new AppError(
    taken ? 'conflict' : 'permission-denied',
    `Port ${port} of this computer ${taken ? 'is in use' : 'may not be used'}. Nothing was started; choose another with --port, or leave it out.`,
    { cause: error },
  )
}

/**
 * Serves the window to browsers of this computer until it is disposed. Calls go through the client's own door, so
 * this process may own the data folder or speak through the one that does.
 * @throws `conflict` where the port is taken
 */
export async function serveBrowser(options: BrowserHostOptions): Promise<BrowserHost> {
  const door = new Door(options)
  const server = createServer(
    { requestTimeout: requestPatience, maxHeaderSize: 16_384, insecureHTTPParser: false },
    (request, response) => {
      door.receive(request, response).catch(() => response.destroy())
    },
  )
  server.on('upgrade', (_request, socket) => socket.destroy())
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(options.port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    door.close()
    throw listenError(error, options.port)
  }
  door.port = (server.address() as AddressInfo).port
  return {
    port: door.port,
    launchAddress: () => `http://127.0.0.1:${door.port}/#launch=${door.sessions.newCode()}`,
    [Symbol.asyncDispose]: async () => {
      door.close()
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}
