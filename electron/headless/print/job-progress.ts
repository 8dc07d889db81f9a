import { SingleBar } from 'cli-progress'
import { escapeForDisplay, formatBytes, formatCount, formatDuration } from '../../../shared/format.ts'
import type { Job, JobLogLine } from '../../../shared/model/job.ts'
import type { Output } from './output.ts'

/** A bar on a terminal, nothing elsewhere; log lines go above it. */
export class JobProgress implements Disposable {
  readonly #output: Output
  #bar: SingleBar | null = null
  #phase: string | null = null

  constructor(output: Output) {
    this.#output = output
  }

  show(job: Job): void {
    if (!process.stderr.isTTY || this.#output.json || this.#output.quiet) return
    const progress = job.progress
    if (job.state !== 'running' || !progress) {
      this.#end()
      return
    }
    if (this.#phase !== progress.phase) this.#end()
    this.#phase = progress.phase
    this.#bar ??= this.#start()
    const total = Math.max(progress.totalBytes ?? progress.bytes, progress.bytes, 1)
    this.#bar.setTotal(total)
    this.#bar.update(progress.bytes, {
      title: job.title,
      phase: progress.phase,
      done: formatBytes(progress.bytes),
      items: formatCount(progress.items),
      rate: formatBytes(progress.rate),
      left: progress.secondsLeft === null ? '' : `about ${formatDuration(progress.secondsLeft * 1000)} left`,
      current: escapeForDisplay(progress.current ?? '').slice(-40),
    })
  }

  log({ level, text }: JobLogLine): void {
    this.#end()
    if (level !== 'error') this.#output.note(escapeForDisplay(text))
  }

  [Symbol.dispose](): void {
    this.#end()
  }

  #start(): SingleBar {
    const bar = new SingleBar({
      format: '{title} · {phase} [{bar}] {done} · {items} items · {rate}/s {left} {current}',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 20,
      linewrap: false,
    })
    bar.start(1, 0, { title: '', phase: '', done: '', items: '', rate: '', left: '', current: '' })
    return bar
  }

  #end(): void {
    this.#bar?.stop()
    this.#bar = null
    this.#phase = null
  }
}
