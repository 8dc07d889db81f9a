import { protocol } from 'electron'
import { safeHeaders } from '../hosts/page-headers.ts'
import type { StaticFiles } from '../hosts/page-files.ts'
import { isOurs, scheme } from './origin.ts'

/** Before `ready`: our scheme is a secure origin of its own, and nothing more is allowed to it. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Answers with a file of the built window, looked up by its exact path, never on disk. */
export function answerPage({ method, url }: Pick<Request, 'method' | 'url'>, files: StaticFiles): Response {
  const headers = { ...safeHeaders }
  if (!isOurs(url)) return new Response(null, { status: 404, headers })
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers })
  const { pathname, search } = new URL(url)
  const file = search === '' ? files.get(pathname) : undefined
  if (file === undefined) return new Response(null, { status: 404, headers })
  return new Response(method === 'HEAD' ? null : new Uint8Array(file.bytes), {
    headers: { ...headers, 'content-type': file.type },
  })
}

/** After `ready`: serves the built window. */
export function servePage(files: StaticFiles): void {
  protocol.handle(scheme, (request) => answerPage(request, files))
}
