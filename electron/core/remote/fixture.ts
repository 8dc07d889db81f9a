import { spawn } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../ports.ts'
import type { Connection, ExitStatus, RemoteCommand, RemoteProcess } from './connection.ts'
import { openShell } from './run-shell.ts'
import type { ShellOptions } from './run-shell.ts'
import { readScript } from './script-files.ts'
import type { RemoteShell } from './shell.ts'

/** A program that reads a script from stdin. */
export interface TestedShell {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

/** What /bin/sh is on one server or another. */
export const posixShells: readonly TestedShell[] = [
  { name: 'dash', command: ['dash', '-s'] },
  { name: 'bash', command: ['bash', '--posix', '-s'] },
  { name: 'busybox', command: ['busybox', 'sh', '-s'] },
]

/** The machine's clock, for tests. */
export const realClock: Clock = {
  now: () => new Date(performance.timeOrigin + performance.now()),
  monotonic: () => performance.now(),
  sleep: (ms, { signal }) => sleep(ms, undefined, { signal }),
}

/** A shell on this machine. `scripts`: the texts of some scripts, instead of the files of that name. */
export function localShell(
  scripts: Readonly<Record<string, string>>,
  options: Partial<ShellOptions> = {},
): Promise<RemoteShell> {
  return openShell({
    connection: localConnection(),
    elevation: 'none',
    sudoPassword: null,
    clock: realClock,
    throttle: null,
    signal: new AbortController().signal,
    scripts: async (name) => scripts[name] ?? readScript(name),
    ...options,
  })
}

/** The processes of this machine whose command line, or another file of theirs in /proc, contains `mark`. */
export async function processesWith(mark: string, file = 'cmdline'): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const texts = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')),
  )
  return pids.filter((_pid, index) => texts[index]?.includes(mark))
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
