import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { databaseTools, findTool } from './machine-tools.ts'

/** What it takes to run a MariaDB server of our own. All paths are absolute. */
export interface DatabasePrograms {
  readonly prepare: string
  readonly server: string
  readonly client: string
  readonly data: string
  readonly socket: string
  /** Of both the preparation and the server. */
  readonly options: readonly string[]
}

/** The longest name that a Unix socket can have (`sun_path`, unix(7)). */
const longestSocket = 107

/** Finds the programs; a string says in words why a server of our own is not possible here. */
export function findDatabase(folder: string): DatabasePrograms | string {
  const [prepare, server, client] = ['mariadb-install-db', 'mariadbd', 'mariadb'].map((name) =>
    findTool(name),
  )
  const missing = ['mariadb-install-db', 'mariadbd', ...databaseTools.slice(0, 2), 'setsid'].filter(
    (name) => findTool(name) === null,
  )
  if (!prepare || !server || !client || missing.length > 0) return `${missing.join(', ')} not found`
  const socket = join(folder, 'mysqld.sock')
  if (Buffer.byteLength(socket) > longestSocket) return `the path ${socket} is too long for a socket`
  const options = [
    `--socket=${socket}`,
    `--tmpdir=${folder}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    '--innodb-buffer-pool-size=32M',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-flush-method=nosync',
    '--skip-innodb-doublewrite',
    '--debug-no-sync',
    '--innodb-use-native-aio=0',
    '--innodb-log-file-size=16M',
    '--skip-log-bin',
    '--skip-name-resolve',
  ]
  return { prepare, server, client, data: join(folder, 'mysql'), socket, options }
}

async function answers(socket: string): Promise<boolean> {
  const link = connect(socket)
  try {
    await once(link, 'connect')
    return true
  } catch {
    return false
  } finally {
    link.destroy()
  }
}

/**
 * Waits until the server that the guard has started takes connections, then runs `sql` and gives root a password.
 * Returns null, or what went wrong in words.
 */
export async function fillDatabase(
  { client, socket }: DatabasePrograms,
  options: {
    readonly sql: string
    readonly rootPassword: string
    /** Resolves when the server ended by itself. */
    readonly ended: Promise<void>
    readonly log: string
    readonly signal: AbortSignal
    /** How long to wait for the server, in milliseconds. */
    readonly patience: number
  },
): Promise<string | null> {
  const { signal, patience, log } = options
  const state = { ended: false }
  void options.ended.then(() => (state.ended = true))
  const start = performance.now()
  while (!(await answers(socket))) {
    if (state.ended || performance.now() - start > patience) return lastLine(log)
    await sleep(50, undefined, { signal })
  }
  const run = spawn(
    client,
    ['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4'],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      signal,
    },
  )
  let said = ''
  run.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  run.stdin.on('error', () => undefined)
  run.stdin.end(`${options.sql}\nALTER USER root@localhost IDENTIFIED BY '${options.rootPassword}';\n`)
  const [code] = (await once(run, 'close')) as [number | null]
  return code === 0 ? null : said.trim() || 'the MariaDB client failed'
}

async function lastLine(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n')
  return lines.findLast((line) => line.includes('[ERROR]')) ?? lines.at(-1) ?? 'it did not start'
}

/** Writes root's own login into its home on the practice server. */
export async function writeRootLogin(home: string, socket: string, password: string): Promise<void> {
  const text = `[client]\nuser=root\npassword=${password}\nsocket=${socket}\n`
  await writeFile(join(home, '.my.cnf'), text, { mode: 0o600 })
}
