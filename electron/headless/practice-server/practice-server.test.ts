import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import ssh2 from 'ssh2'
import type { ClientChannel } from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../../../shared/client.ts'
import { remoteCommands } from '../../core/remote/connection.ts'
import { openMemorySecrets } from '../../core/secrets/memory.ts'
import { followJobs } from '../follow-jobs.ts'
import { localTransport, openProduct } from '../product.ts'
import { Output } from '../print/output.ts'
import { systemClock } from '../system-clock.ts'
import { findDatabase } from './database-server.ts'
import { startPracticeServer, type PracticeServer } from './practice-server.ts'
import { practiceAccounts } from './world/accounts.ts'

const run = promisify(execFile)
const { signal } = new AbortController()
const kinds =
  typeof findDatabase('/tmp') === 'string' ? (['sqlite'] as const) : (['mariadb', 'sqlite'] as const)

/** The product over a folder of the practice server, which it knows by the name `practice`. */
async function openPractice(server: PracticeServer): Promise<AsyncDisposable & { readonly client: Client }> {
  const product = await openProduct({
    ...{ clock: systemClock, log: { write: () => undefined }, dataFolder: server.scratch, app: 'test' },
    ...{
      backupFolder: join(server.scratch, 'backups'),
      keychain: openMemorySecrets(),
      passphraseFile: null,
      machine: null,
    },
  })
  const client = createClient(localTransport(product, { signal }))
  await client.call('servers.add', {
    draft: {
      ...{
        name: 'practice',
        host: server.host,
        port: server.port,
        user: server.user,
        auth: { kind: 'password' },
      },
      ...{ elevation: 'none', jump: null, rateMbit: null, legacyAlgorithms: false },
    },
    secrets: { password: server.password.reveal() },
    accept: server.fingerprint,
  })
  return { client, [Symbol.asyncDispose]: () => product[Symbol.asyncDispose]() }
}

describe.each(kinds)('with %s, the practice server', (kind) => {
  let server: PracticeServer
  let work: string
  let practice: Awaited<ReturnType<typeof openPractice>>

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'practice-test-'))
    server = await startPracticeServer({
      signal,
      parent: work,
      ...(kind === 'sqlite' ? { database: kind } : {}),
    })
    practice = await openPractice(server)
  })

  afterAll(async () => {
    await practice[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    const left = await readdir(work)
    await rm(work, { recursive: true })
    expect(left).toEqual([])
  })

  it('looks like a small server with three accounts and nothing of this machine', async () => {
    expect(server.database.kind).toBe(kind)
    const found = await practice.client.call('sources.list', { server: 'practice' })
    expect(found.unclaimed).toEqual([])
    expect(found.notes).toEqual([])
    const known = found.sources.map((source) => [
      source.name,
      source.uid,
      source.home,
      source.hasCrontab,
      source.databases.map(({ name }) => name),
      source.mailboxes.map(({ domain, name }) => `${name}@${domain ?? ''}`),
      source.domains,
    ])
    expect(known.sort()).toEqual(
      practiceAccounts
        .map(({ name, uid, database, domain }) => {
          const home = server.accounts.find((account) => account.name === name)?.home
          return [name, uid, home, true, kind === 'mariadb' ? [database] : [], [`office@${domain}`], [domain]]
        })
        .sort(),
    )
  })

  it('is backed up whole: plain tar brings back every byte of every account', async () => {
    const output = new Output({ json: false, quiet: true })
    const jobs = await followJobs(
      practice.client,
      async () => {
        const request = { scope: 'full' as const, destinations: [], exclude: [], credentials: true }
        const sources = practiceAccounts.map(({ name }) => ({ server: 'practice', source: name }))
        return (await practice.client.call('backups.start', { ...request, sources })).jobs
      },
      { output, signal },
    )
    expect(jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    const { backups } = await practice.client.call('backups.list', {})
    expect(backups.every(({ copies, warnings }) => copies[0]?.verified?.ok && warnings === 0)).toBe(true)
    for (const account of practiceAccounts) {
      const path = backups.find(({ source }) => source === account.name)?.copies[0]?.path ?? ''
      const into = join(work, account.name)
      await mkdir(into)
      const { stderr } = await run('tar', ['xzf', path, '-C', into])
      expect(stderr).toBe('')
      await cp(join(into, 'mail', account.domain), join(into, 'files/mail', account.domain), {
        recursive: true,
      })
      const home = server.accounts.find(({ name }) => name === account.name)?.home ?? ''
      await run('diff', ['-r', '--no-dereference', home, join(into, 'files')])
      const { stdout } = await run('tar', ['tvzf', path, 'files/bin/clean-cache.sh'])
      expect(stdout).toContain(`-rwxr-xr-x ${account.name}/${account.name}`)
      const crontabs = await run('grep', [
        '-rlF',
        account.crontab.split('\n').at(-2) ?? '?',
        join(into, 'cron'),
      ])
      expect(crontabs.stdout).not.toBe('')
      if (kind === 'mariadb') {
        const dump = await readFile(join(into, `databases/mysql/${account.database}.sql`), 'utf8')
        const parts = ['⭐⭐⭐', 'TRIGGER no_empty_text', 'VIEW `newest`', '-- Dump completed']
        expect(parts.filter((part) => !dump.includes(part))).toEqual([])
      }
      await rm(into, { recursive: true })
    }
  })

  it('takes no other password, user, command, shell, file transfer or forwarding', async () => {
    const password = server.password.reveal()
    await expect(login({ password: `${password}x` })).rejects.toMatchObject({
      level: 'client-authentication',
    })
    await expect(login({ username: 'marina', password })).rejects.toMatchObject({
      level: 'client-authentication',
    })
    const client = await login({ password })
    const exec = promisify<string, ClientChannel>(client.exec.bind(client))
    for (const command of ['id', `${remoteCommands.login} `, 'exec /bin/sh', `${remoteCommands.login}\nid`])
      await expect(exec(command)).rejects.toThrow(/Unable to exec/)
    await expect(promisify(client.shell.bind(client))()).rejects.toThrow(/Unable to/)
    await expect(promisify(client.sftp.bind(client))()).rejects.toThrow(/Unable to|Channel/)
    const forwarded = promisify(client.forwardOut.bind(client))('127.0.0.1', 1, '127.0.0.1', server.port)
    await expect(forwarded).rejects.toThrow(/open failure/)

    const shell = await exec(remoteCommands.login)
    const said = text(shell)
    shell.end('hostname; exit 7\n')
    expect(await once(shell, 'exit')).toEqual([7])
    expect(await said).not.toBe('')
    const sudo = await exec(remoteCommands.sudo)
    expect(await once(sudo, 'exit')).toEqual([127])
    client.end()
  })

  it('loses nothing of what is said on stderr while its output waits for a slow reader', async () => {
    const client = await login({ password: server.password.reveal() })
    const exec = promisify<string, ClientChannel>(client.exec.bind(client))
    const shell = await exec(remoteCommands.login)
    const said = text(shell.stderr)
    shell.end(
      '(for i in 1 2 3 4 5 6 7 8 9; do sleep 0.05; echo $i >&2; done) & head -c 20000000 /dev/zero; wait\n',
    )
    await sleep(300)
    let length = 0
    for await (const chunk of shell) length += (chunk as Buffer).length
    expect([length, await said]).toEqual([20_000_000, '1\n2\n3\n4\n5\n6\n7\n8\n9\n'])
    client.end()
  })

  async function login(login: {
    readonly username?: string
    readonly password: string
  }): Promise<ssh2.Client> {
    const client = new ssh2.Client()
    const ready = once(client, 'ready')
    client.connect({ host: server.host, port: server.port, username: 'root', ...login })
    await ready
    return client
  }
})

it('a start that is cancelled leaves nothing', async () => {
  const work = await mkdtemp(join(tmpdir(), 'practice-test-'))
  const stopping = new AbortController()
  const starting = startPracticeServer({ signal: stopping.signal, parent: work })
  while ((await readdir(work)).length === 0) await new Promise(setImmediate)
  stopping.abort()
  await expect(starting).rejects.toThrow()
  expect(await readdir(work)).toEqual([])
  await rm(work, { recursive: true })
  expect(existsSync(work)).toBe(false)
})
