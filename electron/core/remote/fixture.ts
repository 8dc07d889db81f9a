import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../ports.ts'
import type { Connection, ExitStatus, RemoteCommand, RemoteProcess } from './connection.ts'

/** The machine's clock, for tests. */
export const realClock: Clock = {
  now: () => new Date(performance.timeOrigin + performance.now()),
  monotonic: () => performance.now(),
  sleep: (ms, { signal }) => sleep(ms, undefined, { signal }),
}

export interface LocalConnection extends Connection {
  /** Pulls the cable: every channel closes and `lost` is aborted. */
  lose(reason: Error): void
}

/**
 * A connection whose server is this machine: each command is a child with pipes, in its own session, as sshd starts
 * it. As with sshd, closing a channel kills nothing; the child only finds its streams closed.
 */
export function localConnection(
  shells: Partial<Record<RemoteCommand, readonly [string, ...string[]]>> = {},
): LocalConnection {
  const lost = new AbortController()
  const open = new Set<RemoteProcess>()
  return {
    lost: lost.signal,
    algorithms: { kex: 'none', hostKey: 'none', cipher: 'none', mac: 'none' },
    exec: (command) => {
      const [program, ...args] = shells[command] ?? ['/bin/sh', '-s']
      const running = localProcess(program, args)
      open.add(running)
      return Promise.resolve(running)
    },
    lose: (reason) => {
      lost.abort(reason)
      for (const running of open) running.close()
    },
    [Symbol.asyncDispose]: () => {
      for (const running of open) running.close()
      return Promise.resolve()
    },
  }
}

function localProcess(program: string, args: readonly string[]): RemoteProcess {
  const child = spawn(program, args, { detached: true, stdio: 'pipe' })
  child.stdin.on('error', () => undefined)
  child.once('exit', () => child.stdin.destroy())
  const closed = new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined)))
  const dropped = Promise.withResolvers<ExitStatus>()
  const exit = closed.then(() => ({ code: child.exitCode, signal: child.signalCode?.slice(3) ?? null }))
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exit: Promise.race([exit, dropped.promise]),
    close: () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
      dropped.resolve({ code: null, signal: null })
    },
  }
}
