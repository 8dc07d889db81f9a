import { timingSafeEqual } from 'node:crypto'

/** What of a request the guard decides by. Header names are lower case. */
export interface Asked {
  readonly method: string
  /** The request target as it came. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Why a request is turned away before anything looks at what it wants. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 429 | 431
  /** For programs: the page acts on `session` only. */
  readonly refused: 'host' | 'origin' | 'site' | 'method' | 'path' | 'body' | 'session' | 'code'
}

/** The only hosts that this server answers to. A name that resolves to this computer is not one of them. */
export function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`]
}

/** Compares in a time that does not depend on where the two differ. */
export function sameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function only(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A page of ours that somebody opens: by its address, a bookmark, or the file that starts the browser. */
function opensPage({ method, target, headers }: Asked): boolean {
  return (
    method === 'GET' &&
    target === '/' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers['origin'] === undefined
  )
}

/**
 * What every request must satisfy, whatever it wants: this very host in `Host` (a page that was bound to our address
 * by DNS has another), no foreign `Origin`, and no other site that made the browser ask. Null: it may go on.
 */
export function guardRequest(asked: Asked, { port }: { readonly port: number }): Refusal | null {
  const host = only(asked.headers.host)
  if (host === undefined || !ownHosts(port).includes(host)) return { status: 421, refused: 'host' }
  const { origin } = asked.headers
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, refused: 'origin' }
  const site = asked.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opensPage(asked))
    return { status: 403, refused: 'site' }
  return null
}

/** What a request with a body must satisfy besides: JSON and nothing that a form can send, of a known size. */
export function guardBody({ headers }: Asked, { limit }: { readonly limit: number }): Refusal | null {
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(only(headers['content-type']) ?? ''))
    return { status: 415, refused: 'body' }
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined)
    return { status: 400, refused: 'body' }
  const length = only(headers['content-length']) ?? ''
  if (!/^\d{1,12}$/.test(length)) return { status: 400, refused: 'body' }
  return Number(length) > limit ? { status: 413, refused: 'body' } : null
}
