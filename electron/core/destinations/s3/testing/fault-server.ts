import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as faults look at it. */
export interface FaultRequest {
  readonly method: string
  /** Key within the bucket, empty for the bucket itself. */
  readonly key: string
  /** `PUT object`, `PUT part`, `POST begin`, `POST complete`, `DELETE upload`, `GET list` … */
  readonly operation: string
  /** How often this operation was asked for, from 1. */
  readonly nth: number
}

/** What goes wrong with a request. */
export type Fault =
  /** Refused with this status and code; nothing happens. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string }
  /** Carried out, and the connection closed without an answer. */
  | { readonly kind: 'lose-answer' }
  /** The body is stored with one bit turned, as by a bad proxy that recomputes nothing. */
  | { readonly kind: 'damage' }
  /** Stored under an ETag that is no MD5, as with a key service. */
  | { readonly kind: 'odd-etag' }
  /** The answer's body breaks off in the middle. */
  | { readonly kind: 'cut' }
  /** The listing lacks this key. */
  | { readonly kind: 'hide'; readonly hidden: string }

/** What the server does besides: B2 answers conditional writes with 501, others ignore them. */
export interface FaultRules {
  readonly conditional: 'works' | 'not-implemented' | 'ignored'
  /** Refuses every use of the newer checksums, as B2 and older servers do. */
  readonly plainChecksumsOnly: boolean
  /** Of large objects only sizes and ETags are kept, for more bytes than memory has. Default false. */
  readonly forgetsParts?: boolean
}

interface Stored {
  /** Empty where it was forgotten. */
  readonly body: Buffer
  readonly size: number
  readonly etag: string
  readonly modified: Date
}

export interface FaultServer extends AsyncDisposable {
  readonly endpoint: string
  /** Called for each request before it is carried out. */
  fault: (request: FaultRequest) => Fault | null
  readonly objects: Map<string, Stored>
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Stored> }>
  /** Operations in the order in which they came. */
  readonly log: string[]
}

/** When everything was stored. */
const storedAt = new Date('2026-04-08T02:00:00Z')

const md5 = (body: Buffer) => createHash('md5').update(body).digest()
const escape = (text: string) => text.replace(/[<>&'"]/g, (char) => `&#${char.charCodeAt(0)};`)

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

function operationOf(method: string, key: string, query: URLSearchParams): string {
  if (key === '')
    return query.has('uploads') ? 'GET uploads' : query.has('list-type') ? 'GET list' : `${method} bucket`
  if (query.has('uploads')) return 'POST begin'
  if (!query.has('uploadId')) return `${method} object`
  return { PUT: 'PUT part', POST: 'POST complete', DELETE: 'DELETE upload' }[method] ?? `${method} upload`
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A bucket in memory, whatever it is called, by real HTTP, that fails as it is told to. It checks no signatures. */
export async function startFaultServer(rules: FaultRules): Promise<FaultServer> {
  const objects: FaultServer['objects'] = new Map()
  const uploads: FaultServer['uploads'] = new Map()
  const counts = new Map<string, number>()
  const log: string[] = []
  let ids = 0

  const stored = (body: Buffer, etag = md5(body).toString('hex'), size = body.length): Stored => ({
    ...{ body, size, etag },
    modified: storedAt,
  })

  function requireAbsent(request: IncomingMessage, key: string): void {
    if (request.headers['if-none-match'] === undefined) return
    if (rules.conditional === 'not-implemented') throw new Refusal(501, 'NotImplemented')
    if (rules.conditional === 'works' && objects.has(key)) throw new Refusal(412, 'PreconditionFailed')
  }

  function received(request: IncomingMessage, sent: Buffer, fault: Fault | null): Stored {
    if (
      rules.plainChecksumsOnly &&
      Object.keys(request.headers).some((name) => /^x-amz-(checksum|sdk-checksum|trailer)/.test(name))
    )
      throw new Refusal(501, 'NotImplemented')
    const expected = request.headers['content-md5']
    if (expected !== undefined && md5(sent).toString('base64') !== expected)
      throw new Refusal(400, 'BadDigest')
    if (fault?.kind !== 'damage') return stored(sent)
    const body = Buffer.from(sent)
    body.writeUInt8(body.readUInt8(0) ^ 1, 0)
    return stored(body)
  }

  function listing(query: URLSearchParams, hidden: string | null): string {
    const prefix = query.get('prefix') ?? ''
    const after = query.get('continuation-token') ?? ''
    const all = [...objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > after && key !== hidden)
      .sort()
    const page = all.slice(0, Number(query.get('max-keys') ?? 3))
    const rows = page.flatMap((key) => {
      const object = objects.get(key)
      if (!object) return []
      const { size, etag, modified } = object
      return `<Contents><Key>${escape(key)}</Key><Size>${size}</Size><ETag>"${etag}"</ETag><LastModified>${modified.toISOString()}</LastModified></Contents>`
    })
    const more = page.length < all.length
    const next = more ? `<NextContinuationToken>${escape(page.at(-1) ?? '')}</NextContinuationToken>` : ''
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`
  }

  async function carryOut(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fault')
    const method = request.method ?? ''
    const key = decodeURIComponent(url.pathname.replace(/^\/[^/]+\/?/, ''))
    const query = url.searchParams
    const operation = operationOf(method, key, query)
    const nth = (counts.get(operation) ?? 0) + 1
    counts.set(operation, nth)
    log.push(operation)
    const body = await bodyOf(request)
    const fault = server.fault({ method, key, operation, nth })
    if (fault?.kind === 'refuse') throw new Refusal(fault.status, fault.code)
    const answer = (status: number, headers: Record<string, string>, text: string | Buffer = '') => {
      if (fault?.kind === 'lose-answer') {
        request.socket.destroy()
        return
      }
      const bytes = Buffer.from(text)
      response.writeHead(status, { ...headers, 'content-length': String(bytes.length) })
      if (fault?.kind === 'cut')
        response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy())
      else response.end(method === 'HEAD' ? undefined : bytes)
    }
    const xml = (text: string) => answer(200, { 'content-type': 'application/xml' }, text)
    const upload = uploads.get(query.get('uploadId') ?? '')
    switch (operation) {
      case 'GET list': {
        xml(listing(query, fault?.kind === 'hide' ? fault.hidden : null))
        return
      }
      case 'GET uploads': {
        const prefix = query.get('prefix') ?? ''
        const rows = [...uploads].filter(([, { key }]) => key.startsWith(prefix))
        xml(
          `<ListMultipartUploadsResult>${rows.map(([id, { key }]) => `<Upload><Key>${escape(key)}</Key><UploadId>${id}</UploadId></Upload>`).join('')}</ListMultipartUploadsResult>`,
        )
        return
      }
      case 'PUT object': {
        requireAbsent(request, key)
        const object = received(request, body, fault)
        objects.set(key, object)
        answer(200, { etag: `"${object.etag}"` })
        return
      }
      case 'HEAD object':
      case 'GET object': {
        const object = objects.get(key)
        if (!object) throw new Refusal(404, 'NoSuchKey')
        const facts = { etag: `"${object.etag}"`, 'last-modified': object.modified.toUTCString() }
        if (method === 'HEAD') {
          response.writeHead(200, { ...facts, 'content-length': String(object.size) }).end()
          return
        }
        const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
        if (!range) {
          answer(200, facts, object.body)
          return
        }
        const start = Number(range[1])
        if (start >= object.body.length) throw new Refusal(416, 'InvalidRange')
        const end = range[2] === '' ? object.body.length : Math.min(Number(range[2]) + 1, object.body.length)
        const content = `bytes ${start}-${end - 1}/${object.body.length}`
        answer(206, { ...facts, 'content-range': content }, object.body.subarray(start, end))
        return
      }
      case 'DELETE object':
        objects.delete(key)
        {
          answer(204, {})
          return
        }
      case 'POST begin': {
        ids += 1
        uploads.set(`u${ids}`, { key, parts: new Map() })
        xml(`<InitiateMultipartUploadResult><UploadId>u${ids}</UploadId></InitiateMultipartUploadResult>`)
        return
      }
      case 'PUT part': {
        if (!upload) throw new Refusal(404, 'NoSuchUpload')
        const whole = received(request, body, fault)
        const part = fault?.kind === 'odd-etag' ? { ...whole, etag: `odd-${whole.etag}` } : whole
        const kept = rules.forgetsParts === true ? Buffer.alloc(0) : part.body
        upload.parts.set(Number(query.get('partNumber')), { ...part, body: kept })
        answer(200, { etag: `"${part.etag}"` })
        return
      }
      case 'POST complete': {
        if (!upload) throw new Refusal(404, 'NoSuchUpload')
        requireAbsent(request, key)
        const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
        const digest = md5(Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')))).toString('hex')
        const size = parts.reduce((sum, part) => sum + part.size, 0)
        const whole = Buffer.concat(parts.map((part) => part.body))
        objects.set(key, stored(whole, `${digest}-${parts.length}`, size))
        uploads.delete(query.get('uploadId') ?? '')
        xml(`<CompleteMultipartUploadResult><Key>${escape(key)}</Key></CompleteMultipartUploadResult>`)
        return
      }
      case 'DELETE upload': {
        if (!uploads.delete(query.get('uploadId') ?? '')) throw new Refusal(404, 'NoSuchUpload')
        answer(204, {})
        return
      }
      default:
        throw new Refusal(501, 'NotImplemented')
    }
  }

  const http = createServer((request, response) => {
    carryOut(request, response).catch((error: unknown) => {
      const { status, code } = error instanceof Refusal ? error : new Refusal(500, 'InternalError')
      const text = `<Error><Code>${code}</Code><Message>UnknownError</Message></Error>`
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(request.method === 'HEAD' ? undefined : text)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const server: FaultServer = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    fault: () => null,
    ...{ objects, uploads, log },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
  return server
}
