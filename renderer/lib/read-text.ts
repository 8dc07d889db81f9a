import type { Client } from '../../shared/client.ts'

/** Bytes of a file that is still compared line by line. */
export const longestText = 1_048_576

/** A file of a backup as text; null where it is longer than `longestText` or is no UTF-8 text. */
export async function readText(
  client: Client,
  { backup, item }: { readonly backup: string; readonly item: string },
): Promise<string | null> {
  const { size, data } = await client.call('archive.read', { backup, item, offset: 0, length: longestText })
  if (size > longestText) return null
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
