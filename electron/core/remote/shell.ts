import type { Readable } from 'node:stream'
import type { Secret } from '../secrets/secret.ts'

/** Bytes of a name on a server. Strings are UTF-8. */
export type Bytes = string | Uint8Array

/** A value that a script gets. A secret ends up in the shell's memory only; see `scripts/prologue.sh` on its use. */
export type ScriptValue = Bytes | number | Secret | readonly Bytes[]

/**
 * What a script gets to know. Keys are shell names (`[a-z_][a-z0-9_]*`, not `hf_…`). A string, number, buffer or
 * secret becomes the variable `key`; an array becomes a function `key` that prints its items, each ended by a NUL
 * byte. NUL inside a value is refused with `invalid-input`.
 */
export type ScriptValues = Readonly<Record<string, ScriptValue>>

/** The name of a file in `remote/scripts/` without `.sh`. */
export type ScriptName = string

export interface ScriptOptions {
  readonly signal: AbortSignal
  readonly values?: ScriptValues
  /** `"$@"` inside the script. */
  readonly args?: readonly Bytes[]
  /**
   * `elevated`: as root where the server allows it, else as the login. `login`: always as the login.
   * Default `elevated`.
   */
  readonly as?: 'elevated' | 'login'
  /**
   * What `hf_input` gives to a command of the script, sent as the server takes it. Read to its end unless the script
   * ends before; an error in it stops the script.
   */
  readonly input?: AsyncIterable<Uint8Array>
  /**
   * Its output comes as long as all is well: it is ended, with `remote-failed`, where nothing came for a quarter of
   * an hour. A dump tool may loop for ever over what a tenant put into a database.
   */
  readonly talks?: boolean
}

/** A script's structured messages, besides its output. */
export interface ScriptEnd {
  /** Every `hf_rc NAME CODE` that the script reported, in order of arrival. */
  readonly codes: ReadonlyMap<string, number>
  /** Every `hf_fact NAME VALUE`, later ones win. Bytes that are not UTF-8 become U+FFFD. */
  readonly facts: ReadonlyMap<string, string>
  /** What tools wrote to stderr, raw lines without the line end; cut at 100,000 lines or 16 MiB, then `stderrCut`. */
  readonly stderr: readonly Buffer[]
  readonly stderrCut: boolean
}

/** A running script. */
export interface ScriptRun {
  /**
   * The payload between BEGIN and END, decoded from `hf_codec` where the script compressed it. Ends only when
   * END was seen and the process exited 0; otherwise it is destroyed with an `AppError` (`connection-lost`,
   * `remote-failed`, `cancelled` …). Backpressure reaches the server.
   */
  readonly output: Readable
  /** Resolves after `output` ended well; rejects with the same error otherwise. Await both. */
  readonly end: Promise<ScriptEnd>
  /** Bytes that came over the wire so far, before decoding. */
  wireBytes(): number
}

/**
 * Runs scripts on one server. Success is counted, never assumed: exit code 0 and the END frame with its nonce.
 * A tool's own exit code that the script tolerates is reported with `hf_rc` and judged by the caller.
 */
export interface RemoteShell extends AsyncDisposable {
  /** What scripts run as when `as` is `elevated`. */
  readonly privilege: 'root' | 'sudo' | 'user'
  readonly loginUser: string
  /**
   * The same for what somebody waits for: its scripts run with the login's priority, where all others give way to
   * whatever else the server does.
   */
  readonly hurried: RemoteShell
  /** Starts a script; await `output` to its end, then `end`. */
  start(script: ScriptName, options: ScriptOptions): Promise<ScriptRun>
  /** Runs a script with small output (at most `limit` bytes, default 64 MiB, else `too-large` as `remote-failed`). */
  run(
    script: ScriptName,
    options: ScriptOptions & { readonly limit?: number },
  ): Promise<ScriptEnd & { readonly output: Buffer }>
}
