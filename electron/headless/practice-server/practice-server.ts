import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import { Secret } from '../../core/secrets/secret.ts'
import { describeHostKey } from '../../core/servers/fingerprint.ts'
import { fillDatabase, findDatabase, writeRootLogin, type DatabasePrograms } from './database-server.ts'
import { startGuard, type Guard } from './guard.ts'
import { findTool } from './machine-tools.ts'
import { makePracticeRoot } from './practice-root.ts'
import { openDoor } from './ssh-door.ts'
import { practiceAccounts, type PracticeAccount } from './world/accounts.ts'
import { chanceFrom } from './world/chance.ts'
import { mariadbSql, writeSqlite } from './world/database.ts'
import { writeFiles } from './world/files.ts'
import { mailFiles } from './world/mail.ts'
import { siteFiles } from './world/site.ts'
import { newEd25519Key } from '../../core/servers/new-key.ts'

/** How long a database server may take to start, in milliseconds. */
const databasePatience = 15_000

/** A practice server that runs. */
export interface PracticeServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: 'root'
  readonly password: Secret
  /** `SHA256:…` of its one host key. */
  readonly fingerprint: string
  readonly accounts: readonly { readonly name: string; readonly home: string }[]
  /** Whether a MariaDB server holds the databases, or why they are SQLite files instead. */
  readonly database: { readonly kind: 'mariadb' } | { readonly kind: 'sqlite'; readonly why: string }
  /** An empty folder for whoever started the server. It disappears together with the server. */
  readonly scratch: string
}

export interface PracticeOptions {
  readonly signal: AbortSignal
  /** Where its folder is made. Default: the system's folder for temporary files. */
  readonly parent?: string
  /** `sqlite`: no MariaDB server even where this machine has one. Default: MariaDB where possible. */
  readonly database?: 'sqlite'
}

const needed = ['sh', 'tar', 'find', 'stat', 'awk', 'sed', 'grep', 'gzip', 'head', 'od']

async function makeFolder(parent: string): Promise<string> {
  if (process.platform !== 'linux')
    throw new AppError(
      'unsupported',
      'The practice server needs Linux. Nothing was started; add a real server instead.',
    )
  const missing = needed.filter((name) => findTool(name) === null)
  if (missing.length > 0)
    throw new AppError(
      'tool-missing',
      `The practice server needs ${missing.join(', ')} on this computer. Nothing was started; install it and try again.`,
    )
  const real = await realpath(parent)
  return mkdtemp(join(/^[\w./-]+$/.test(real) ? real : '/tmp', 'holdfast-practice-'))
}

function homesOf(root: string): readonly { account: PracticeAccount; home: string }[] {
  return practiceAccounts.map((account) => ({ account, home: join(root, 'home', account.name) }))
}

interface Started {
  readonly guard: Guard
  readonly programs: DatabasePrograms | null
  readonly why: string
}

/** Starts the guard, with a database server that holds everything, or else without one. */
async function startGuarded(
  folder: string,
  root: string,
  { signal, database }: PracticeOptions,
): Promise<Started> {
  const programs = database === 'sqlite' ? 'not wanted' : findDatabase(folder)
  if (typeof programs === 'string')
    return { guard: await startGuard(folder, null), programs: null, why: programs }
  const guard = await startGuard(folder, programs)
  const rootPassword = randomBytes(16).toString('hex')
  try {
    const why = await fillDatabase(programs, {
      sql: practiceAccounts.map((account) => mariadbSql(account, chanceFrom(account.uid))).join('\n'),
      rootPassword,
      ended: guard.databaseEnded,
      log: join(folder, 'database.log'),
      signal,
      patience: databasePatience,
    })
    if (why !== null) return { guard, programs: null, why: `MariaDB did not start here: ${why}` }
    await writeRootLogin(join(root, 'root'), programs.socket, rootPassword)
    return { guard, programs, why: '' }
  } catch (error) {
    await guard[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * Starts a small Linux server with three invented accounts inside this process, to try everything on: SSH on a free
 * port of 127.0.0.1, a fresh host key and password, and this machine's own `sh`, `tar` and friends behind it, run as
 * whoever runs this. To the login it is root of a server of its own, which lies in one temporary folder: nothing
 * outside of that is read or written. The databases are real ones in a MariaDB server that is started for it, where
 * this machine has the programs, else SQLite files among the files. No root and no network is needed.
 *
 * It takes one to five seconds. When the result is disposed, or this process ends in any way, everything that was
 * started ends and the folder is removed. Throws `unsupported` elsewhere than on Linux and `tool-missing`.
 */
export async function startPracticeServer(options: PracticeOptions): Promise<PracticeServer> {
  const { signal, parent = tmpdir() } = options
  throwIfCancelled(signal)
  const folder = await makeFolder(parent)
  const root = join(folder, 'server')
  const scratch = join(folder, 'scratch')
  await using starting = new AsyncDisposableStack()
  for (const path of [scratch, join(root, 'root')]) await mkdir(path, { recursive: true, mode: 0o700 })
  const { guard, programs, why } = await startGuarded(folder, root, options)
  starting.use(guard)
  await makePracticeRoot(root, practiceAccounts, { withDatabase: programs !== null })
  for (const { account, home } of homesOf(root)) {
    throwIfCancelled(signal)
    const chance = chanceFrom(account.uid)
    await writeFiles(home, siteFiles(account, chance, { socket: programs?.socket ?? null }))
    await writeFiles(home, mailFiles(account, chance))
    if (programs === null) await writeSqlite(home, account, chance)
  }
  const key = newEd25519Key()
  const password = new Secret(randomBytes(18).toString('base64url'))
  const door = starting.use(await openDoor({ hostKey: key.private, user: 'root', password, root }))
  const { fingerprint } = describeHostKey(Buffer.from(key.public.split(' ')[1] ?? '', 'base64'))
  const started = starting.move()
  return {
    ...{ host: '127.0.0.1', port: door.port, user: 'root', password, fingerprint, scratch },
    accounts: homesOf(root).map(({ account, home }) => ({ name: account.name, home })),
    database: programs === null ? { kind: 'sqlite', why } : { kind: 'mariadb' },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
