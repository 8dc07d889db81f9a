import { join } from 'node:path'
import { createClient, type Client } from '../../../shared/client.ts'
import { throwIfCancelled } from '../../../shared/errors.ts'
import { formatDuration } from '../../../shared/format.ts'
import { openMemorySecrets } from '../../core/secrets/memory.ts'
import { openDataFolder } from '../data-folder.ts'
import { fileLog } from '../file-log.ts'
import { findTool } from '../practice-server/machine-tools.ts'
import { startPracticeServer, type PracticeServer } from '../practice-server/practice-server.ts'
import { localTransport, openProduct } from '../product.ts'
import { systemClock } from '../system-clock.ts'
import { thisMachine } from '../this-machine.ts'
import { version } from '../version.ts'
import { describeEnding, type Outcome, type StoredArchive } from './ending.ts'
import { listWithTar } from './plain-tar.ts'
import { typist, type Typist } from './typist.ts'

/** What the demo calls its server. */
const server = 'practice'
/** What `holdfast server add` ends with where the host key is not known yet. */
const unknownKey = 8

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What the server is, and what this machine lacks for it, a line each. */
function describePractice({ database, accounts, port }: PracticeServer): string {
  const names = accounts.map(({ name }) => name).join(', ')
  return [
    `It listens on 127.0.0.1 port ${port}, for this computer only, and has three invented accounts: ${names}.`,
    database.kind === 'mariadb'
      ? 'Databases: a MariaDB server of its own, started with the programs of this computer.'
      : `Databases: SQLite files among the files, because no MariaDB server can be started (${database.why}).`,
    ...(findTool('zstd') === null
      ? ['Compression on the way: gzip, because this computer has no zstd; it costs more CPU.']
      : []),
    'Each command below is shown as you would type it, and then run; `holdfast` is `npm run -s holdfast --` here.',
  ].join('\n')
}

async function archivesOf(client: Client, since: string): Promise<readonly StoredArchive[]> {
  const { backups } = await client.call('backups.list', { server })
  const made = backups.filter(({ startedAt }) => startedAt >= since).reverse()
  return made.flatMap(({ source, copies }) =>
    copies.flatMap(({ path, size }) => (path === null ? [] : [{ source, path, size }])),
  )
}

async function addServer(typed: Typist, practice: PracticeServer): Promise<number> {
  const { host, port, user, password, fingerprint } = practice
  const login = ['--host', host, '--port', String(port), '--user', user, '--password-stdin']
  const stdin = [password.reveal()]
  const code = await typed.holdfast(['server', 'add', server, ...login], { stdin })
  if (code !== unknownKey) return code || 1
  say(`\nThe practice server itself says that its key is ${fingerprint}: the same, so it is accepted.`)
  return typed.holdfast(['server', 'add', server, ...login, '--accept-host-key', fingerprint], { stdin })
}

/** Starts the server, makes and looks at the archives, and takes everything else away again. */
async function practise(keep: string, { signal }: { readonly signal: AbortSignal }): Promise<Outcome> {
  const since = systemClock.now().toISOString()
  await using practice = await startPracticeServer({ signal })
  const dataFolder = await openDataFolder(join(practice.scratch, 'holdfast'))
  await using product = await openProduct({
    clock: systemClock,
    log: fileLog(join(dataFolder, 'holdfast.log'), systemClock),
    dataFolder,
    backupFolder: keep,
    app: `holdfast ${version}`,
    machine: thisMachine(),
    keychain: openMemorySecrets(),
    passphraseFile: null,
  })
  const client = createClient(localTransport(product, { signal }))
  const typed = typist(client, { signal })
  const { database, accounts } = practice
  say(describePractice(practice))
  const added = await addServer(typed, practice)
  if (added !== 0) return { code: added, archives: [], database }

  const refs = accounts.map(({ name }) => `${server}/${name}`)
  const commands = [
    ['sources', server],
    ...refs.map((ref) => ['backup', ref]),
    ...refs.map((ref) => ['verify', `${ref}@latest`]),
    ...['', 'files/public_html'].map((item) => ['ls', `${refs[0] ?? ''}@latest`, item].filter(Boolean)),
  ]
  const codes: number[] = []
  for (const words of commands) {
    throwIfCancelled(signal)
    codes.push(await typed.holdfast(words))
  }
  throwIfCancelled(signal)
  const archives = await archivesOf(client, since)
  if (archives[0]) codes.push(await listWithTar(archives[0].path, { signal }))
  return { code: codes.find((code) => code !== 0) ?? 0, archives, database }
}

/** Runs the demo to its end; archives lie below `keep` then, and nothing else is left. Resolves to the exit code. */
export async function runDemo(keep: string, { signal }: { readonly signal: AbortSignal }): Promise<number> {
  const start = performance.now()
  say(`Holdfast ${version}: three accounts of a server, backed up, verified and opened again.`)
  say(
    'First, a server to practise on: real programs of this computer in a temporary folder, reached over SSH.',
  )
  const outcome = await practise(keep, { signal })
  const took = formatDuration(performance.now() - start)
  say(describeEnding(outcome, { server, keep, took }))
  return outcome.code
}
