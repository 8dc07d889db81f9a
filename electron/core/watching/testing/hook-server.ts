import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it arrived. */
export interface ArrivedHook {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HookServer extends AsyncDisposable {
  readonly url: string
  readonly hooks: ArrivedHook[]
  /** What it answers, from now on. */
  answer: { readonly status: number; readonly location?: string }
}

/** A real web server at 127.0.0.1 that keeps what it is sent. */
export async function startHookServer(): Promise<HookServer> {
  const hooks: ArrivedHook[] = []
  const http = createServer((request, response) => {
    void text(request).then((body) => {
      hooks.push({ path: request.url ?? '', headers: request.headers, body })
      const { status, location } = server.answer
      response.writeHead(status, location === undefined ? {} : { location }).end()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const server: HookServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook/t0ken`,
    ...{ hooks, answer: { status: 204 } },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
  return server
}
