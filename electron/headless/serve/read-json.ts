import type { IncomingMessage } from 'node:http'
import type { Refusal } from './guard.ts'

/** The body of a request as JSON. What is larger than `limit` bytes, or no JSON, is refused. */
export async function readJson(
  request: IncomingMessage,
  { limit }: { readonly limit: number },
): Promise<{ readonly value: unknown } | Refusal> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > limit) return { status: 413, refused: 'body' }
    pieces.push(piece)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { status: 400, refused: 'body' }
  }
}
