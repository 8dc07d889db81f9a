import { once } from 'node:events'
import { Readable } from 'node:stream'
import { AppError, cancellation } from '../../../shared/errors.ts'
import type { Clock } from '../ports.ts'
import type { Secret } from '../secrets/secret.ts'
import type { ExitStatus, RemoteCommand, RemoteProcess } from './connection.ts'
import { decompress } from './decompress.ts'
import { FrameReader } from './frame-reader.ts'
import { MessageReader } from './message-reader.ts'
import { lostError, printableLines, scriptError, silentError, unusableError } from './script-failure.ts'
import { beatFrame, inputFrames } from './script-input.ts'
import type { ScriptEnd, ScriptName, ScriptRun } from './shell.ts'
import { SudoDialogue } from './sudo-dialogue.ts'
import type { Throttle } from '../throttle.ts'

const NOISE_LIMIT = 16 * 1024 * 1024
/** Pieces of output that wait for the reader; a piece is 256 KiB at most. */
const OUTPUT_PIECES = 4

/** How long things may take, in milliseconds. */
export interface Patience {
  /** Between two signs of life to the server. */
  readonly heartbeat: number
  /** From sending a script to its BEGIN. */
  readonly start: number
  /** Without output from a script that talks. */
  readonly silence: number
}

/** What is sent, and how. */
export interface Sending {
  readonly script: ScriptName
  readonly command: RemoteCommand
  readonly text: Buffer
  readonly nonce: string
  /** Asked for by the command `sudo-password`. */
  readonly password: Secret | null
  /** What must not show in an error. */
  readonly secrets: readonly Secret[]
  readonly clock: Clock
  readonly patience: Patience
  readonly throttle: Throttle | null
  /** What goes to the script's `hf_input`, or null where it has none. */
  readonly input: AsyncIterable<Uint8Array> | null
  readonly frameBytes?: number | undefined
  /** As in `ScriptOptions`. */
  readonly talks: boolean
  /** Aborted when the caller cancels or the connection is lost. */
  readonly signal: AbortSignal
}

/** One script on one channel, from its first byte to its exit status. */
class SentScript implements ScriptRun {
  readonly output: Readable
  readonly end: Promise<ScriptEnd>
  readonly #process: RemoteProcess
  readonly #sending: Sending
  readonly #messages: MessageReader
  readonly #frames: FrameReader
  readonly #dialogue: SudoDialogue | null
  readonly #stderrRead: Promise<void>
  /** Aborted when nothing more is to be expected, with what broke it or `abandoned`. */
  readonly #over = new AbortController()
  /** Aborted when the script has said END: it takes no more input. */
  readonly #ended = new AbortController()
  #fed = false
  #wireBytes = 0
  /** Whether the next output is waited for, and how often some came. */
  readonly #heard = { waiting: false, times: 0 }

  constructor(process: RemoteProcess, sending: Sending) {
    this.#process = process
    this.#sending = sending
    this.#messages = new MessageReader(sending.nonce, (codec) => void this.#feed(codec))
    this.#frames = new FrameReader(this.#arriving(), sending.nonce)
    this.#dialogue =
      sending.command === 'sudo-password' && sending.password
        ? new SudoDialogue(sending.password, (text) => process.stdin.write(text))
        : null
    process.stdin.on('error', () => undefined)
    process.exit.catch(() => undefined)
    this.#stderrRead = this.#listen()
    this.output = Readable.from(this.#produce(), { objectMode: true, highWaterMark: OUTPUT_PIECES })
    this.output.once('close', () => this.#release(abandoned()))
    this.end = new Promise((resolve, reject) => {
      this.output.once('end', () => resolve(this.#messages.read()))
      this.output.once('error', reject)
      this.output.once('close', () => reject(abandoned()))
    })
    this.end.catch(() => undefined)
    const cancel = () => this.#fail(this.#asLoss(cancellation(sending.signal)))
    if (sending.signal.aborted) cancel()
    else sending.signal.addEventListener('abort', cancel, { signal: this.#over.signal })
  }

  wireBytes(): number {
    return this.#wireBytes
  }

  /** Sends the script and waits for its BEGIN. */
  async begin(): Promise<void> {
    const { clock, command, patience } = this.#sending
    const waiting = new AbortController()
    clock.sleep(patience.start, { signal: waiting.signal }).then(
      () => this.#fail(unusableError(command, null, this.#said())),
      () => undefined,
    )
    try {
      const [noise] = await Promise.all([this.#frames.begin(NOISE_LIMIT), this.#send()])
      if (noise) throw await this.#unusable(noise)
    } catch (error) {
      throw this.#fail(error)
    } finally {
      waiting.abort()
    }
    void this.#beat()
    if (this.#sending.talks) void this.#watchSilence()
  }

  async #send(): Promise<void> {
    if (this.#dialogue) await Promise.race([this.#dialogue.accepted, this.#exit()])
    this.#process.stdin.write(this.#sending.text)
  }

  async #unusable(noise: Buffer): Promise<AppError> {
    this.#process.stdout.destroy()
    const status = await this.#exit()
    const silent = status.code === null && status.signal === null
    if (silent && noise.length === 0) return lostError(this.#sending.script, this.#wireBytes)
    return unusableError(this.#sending.command, status, this.#said(noise))
  }

  async *#produce(): AsyncGenerator<Buffer, void, undefined> {
    const frames = this.#frames
    const seen = { end: false, whole: false }
    async function* payload(): AsyncGenerator<Buffer, void, undefined> {
      seen.whole = yield* frames.payload()
      seen.end = true
    }
    try {
      yield* decompress(await frames.codec(), payload())
    } catch (error) {
      if (seen.end) await this.#finish(seen.whole)
      throw error
    }
    await this.#finish(seen.whole)
  }

  /** Throws unless END came and the script exited with 0. */
  async #finish(whole: boolean): Promise<void> {
    this.#ended.abort()
    this.#process.stdin.end()
    const status = await this.#exit()
    if (!whole || status.code !== 0) throw this.#broken(status)
  }

  #broken(status: ExitStatus): AppError {
    const { script, secrets } = this.#sending
    const bytes = this.#wireBytes
    if (status.code === null && status.signal === null) return lostError(script, bytes)
    const stderr = printableLines(this.#messages.read().stderr, secrets)
    return scriptError({ script, status, bytes, stderr })
  }

  /** How it ended, after everything that it wrote was read. */
  async #exit(): Promise<ExitStatus> {
    try {
      const status = await Promise.race([this.#process.exit, rejected(this.#over.signal)])
      await Promise.race([this.#stderrRead, rejected(this.#over.signal)])
      return status
    } catch (error) {
      throw this.#asLoss(error)
    }
  }

  async *#arriving(): AsyncGenerator<Buffer, void, undefined> {
    const { throttle } = this.#sending
    try {
      this.#heard.waiting = true
      for await (const chunk of this.#process.stdout) {
        const bytes = chunk as Buffer
        this.#wireBytes += bytes.length
        this.#heard.times += 1
        this.#heard.waiting = false
        if (throttle) await throttle.take(bytes.length, { signal: this.#over.signal })
        yield bytes
        this.#heard.waiting = true
      }
    } catch (error) {
      throw this.#asLoss(error)
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const chunk of this.#process.stderr) {
        const bytes = chunk as Buffer
        this.#messages.push(this.#dialogue?.open ? this.#dialogue.push(bytes) : bytes)
      }
    } catch {
      return
    }
  }

  async #beat(): Promise<void> {
    const { clock, patience } = this.#sending
    while (await slept(clock, patience.heartbeat, this.#over.signal)) {
      if (this.#process.stdin.writable) this.#process.stdin.write(this.#sending.input ? beatFrame : '.')
    }
  }

  async #watchSilence(): Promise<void> {
    const { clock, patience, script } = this.#sending
    for (let times = -1; await slept(clock, patience.silence, this.#over.signal);) {
      if (this.#heard.waiting && this.#heard.times === times)
        this.#fail(silentError(script, patience.silence))
      times = this.#heard.waiting ? this.#heard.times : -1
    }
  }

  /** Sends the input once the script asks for it. A script that ends earlier takes no more. */
  async #feed(codec: string): Promise<void> {
    const { input } = this.#sending
    if (input === null || this.#fed) return
    this.#fed = true
    try {
      for await (const frame of inputFrames(input, codec, this.#sending.frameBytes)) {
        if (!(await this.#sent(frame))) return
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** False where the script takes no more; how it ended tells why. */
  async #sent(frame: readonly Buffer[]): Promise<boolean> {
    const { throttle } = this.#sending
    const { stdin } = this.#process
    const signal = AbortSignal.any([this.#over.signal, this.#ended.signal])
    try {
      const length = frame.reduce((sum, piece) => sum + piece.length, 0)
      if (throttle) await throttle.take(length, { signal })
      if (!stdin.writable) return false
      const hasRoom = frame.map((piece) => stdin.write(piece)).at(-1) ?? true
      if (!hasRoom) await once(stdin, 'drain', { signal })
      return !signal.aborted
    } catch {
      return false
    }
  }

  /** What came instead of a script's own output, without the blank lines. */
  #said(noise: Buffer = Buffer.alloc(0)): readonly string[] {
    const parts = [noise, this.#dialogue?.said(), ...this.#messages.read().stderr]
    const lines = parts.flatMap((part) => part?.toString().split(/\r?\n/) ?? [])
    const spoken = lines.filter((line) => line.trim() !== '').map((line) => Buffer.from(line))
    return printableLines(spoken, this.#sending.secrets)
  }

  #asLoss(error: unknown): unknown {
    if (this.#over.signal.aborted) return this.#over.signal.reason
    if (error instanceof AppError && error.code !== 'connection-lost') return error
    return lostError(this.#sending.script, this.#wireBytes, error)
  }

  #fail(error: unknown): unknown {
    this.#release(error)
    this.output.destroy(error as Error)
    return this.#over.signal.reason
  }

  /** Lets go of the channel; the first reason stays. */
  #release(reason: unknown): void {
    if (this.#over.signal.aborted) return
    this.#over.abort(reason)
    this.#process.close()
    this.#process.stdout.destroy()
    this.#process.stderr.destroy()
  }
}

/** Sends a script and resolves once it runs; rejects where it could not begin. */
export async function sendScript(process: RemoteProcess, sending: Sending): Promise<ScriptRun> {
  const sent = new SentScript(process, sending)
  sent.output.on('error', () => undefined)
  await sent.begin()
  return sent
}

function abandoned(): AppError {
  return new AppError('cancelled', 'The output of the script was not read to its end, so it was stopped.')
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}

async function slept(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, { signal })
    return !signal.aborted
  } catch {
    return false
  }
}
