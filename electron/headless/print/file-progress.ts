import { SingleBar } from 'cli-progress'
import type { Client } from '../../../shared/client.ts'
import { formatBytes } from '../../../shared/format.ts'
import type { Output } from './output.ts'

/** A bar on a terminal while archive files are read through; nothing elsewhere, and for calls that read none. */
export class FileProgress implements Disposable {
  readonly #unsubscribe: () => void
  #bar: SingleBar | null = null
  #phase = ''

  constructor(client: Client, output: Output) {
    const shows = process.stderr.isTTY && !output.json && !output.quiet
    this.#unsubscribe = client.onEvent((event) => {
      if (shows && event.type === 'archive.progress') this.#show(event)
    })
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
    this.#bar?.stop()
  }

  #show({ phase, bytes, totalBytes }: { phase: string; bytes: number; totalBytes: number }): void {
    if (this.#phase !== phase) this.#bar?.stop()
    if (this.#bar === null || this.#phase !== phase) this.#bar = start()
    this.#phase = phase
    this.#bar.setTotal(Math.max(totalBytes, 1))
    this.#bar.update(bytes, { phase, done: formatBytes(bytes), all: formatBytes(totalBytes) })
  }
}

function start(): SingleBar {
  const bar = new SingleBar({
    format: '{phase} [{bar}] {done} of {all}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 20,
    linewrap: false,
  })
  bar.start(1, 0, { phase: '', done: '', all: '' })
  return bar
}
