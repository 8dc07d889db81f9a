import { spawn } from 'node:child_process'

/** How a program ended and what it wrote, as UTF-8. Code -1: a signal ended it. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Its standard input; nothing without. */
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Ends the program with SIGKILL; `run` then resolves as for any other end. */
  readonly signal?: AbortSignal
}

/** Runs a program to its end. Rejects only where it could not be started. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(program, args, {
    stdio: 'pipe',
    env: { ...process.env, ...options.env },
  })
  const kill = () => child.kill('SIGKILL')
  options.signal?.addEventListener('abort', kill)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program may end before it has read its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) =>
        resolve({
          code: code ?? -1,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
        }),
      )
    })
  } finally {
    options.signal?.removeEventListener('abort', kill)
  }
}
