import { readFile } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import ssh2 from 'ssh2'
import type { ParsedKey } from 'ssh2'
import { keyFormat } from './key-format.ts'

/** What the owner of this thread may ask for. The private key itself can not be asked for. */
export type KeyRequest =
  | { readonly kind: 'open'; readonly path: string; readonly passphrase: string | null }
  | { readonly kind: 'sign'; readonly id: number; readonly data: Uint8Array; readonly hash: string | null }

export type KeyRefusal =
  | { readonly why: 'unreadable'; readonly code: string | null }
  | { readonly why: 'unsupported'; readonly reason: string }
  | { readonly why: 'passphrase-missing' | 'passphrase-wrong' | 'damaged' }

export type KeyReply =
  | { readonly kind: 'opened'; readonly type: string; readonly publicKey: Uint8Array }
  | { readonly kind: 'refused'; readonly refusal: KeyRefusal }
  | { readonly kind: 'signed'; readonly id: number; readonly signature: Uint8Array | null }

let key: ParsedKey | null = null

async function open(path: string, passphrase: string | null): Promise<KeyReply> {
  const refused = (refusal: KeyRefusal): KeyReply => ({ kind: 'refused', refusal })
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    return refused({ why: 'unreadable', code })
  }
  const format = keyFormat(text)
  if (format.kind === 'unsupported') return refused({ why: 'unsupported', reason: format.reason })
  if (format.encrypted && passphrase === null) return refused({ why: 'passphrase-missing' })
  const [first] = [ssh2.utils.parseKey(text, format.encrypted ? (passphrase ?? '') : undefined)].flat()
  if (!first || first instanceof Error || !first.isPrivateKey()) {
    return refused({ why: format.encrypted ? 'passphrase-wrong' : 'damaged' })
  }
  key = first
  return { kind: 'opened', type: first.type, publicKey: first.getPublicSSH() }
}

function sign(id: number, data: Uint8Array, hash: string | null): KeyReply {
  const signature: unknown = key?.sign(Buffer.from(data), hash ?? undefined)
  return { kind: 'signed', id, signature: Buffer.isBuffer(signature) ? signature : null }
}

parentPort?.on('message', (request: KeyRequest) => {
  if (request.kind === 'sign') parentPort?.postMessage(sign(request.id, request.data, request.hash))
  else void open(request.path, request.passphrase).then((reply) => parentPort?.postMessage(reply))
})
