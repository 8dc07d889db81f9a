import type { Client } from '../../shared/client.ts'

const step = 4_194_304

/**
 * Reads one file of an archive in pieces and hands it to the browser as a download. Resolves when all of it was read;
 * nothing is saved where it fails.
 */
export async function downloadFile(
  client: Client,
  { backup, item, name }: { readonly backup: string; readonly item: string; readonly name: string },
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (fraction: number) => void },
): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let from = backup
  for (let offset = 0, size = 1; offset < size;) {
    const piece = await client.call('archive.read', { backup: from, item, offset, length: step })
    signal.throwIfAborted()
    const bytes = Uint8Array.from(atob(piece.data), (character) => character.charCodeAt(0))
    pieces.push(bytes)
    offset += bytes.length
    size = piece.size
    from = piece.backupId
    progress(size === 0 ? 1 : offset / size)
    if (bytes.length === 0) break
  }
  save(new Blob(pieces), name)
}

/** Hands a file to the browser as a download. */
export function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
