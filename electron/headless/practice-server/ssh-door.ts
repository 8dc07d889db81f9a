import { spawn } from 'node:child_process'
import { timingSafeEqual, createHash } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import type { AuthContext, Connection, ServerChannel } from 'ssh2'
import { remoteCommands } from '../../core/remote/connection.ts'
import type { Secret } from '../../core/secrets/secret.ts'
import { forwardOutput } from './forward-output.ts'
import { rebasing } from './rebase.ts'

export interface DoorOptions {
  /** Private host key in OpenSSH's form. */
  readonly hostKey: string
  readonly user: string
  readonly password: Secret
  /** The folder that is the server's root folder. */
  readonly root: string
}

/** A listening SSH server. Disposing closes every connection, which ends what runs behind them. */
export interface Door extends AsyncDisposable {
  readonly port: number
}

const noSudo = Buffer.from('sh: sudo: not found\n')

function sameText(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

function judge(attempt: AuthContext, { user, password }: DoorOptions): void {
  const right =
    attempt.method === 'password' &&
    sameText(attempt.username, user) &&
    sameText(attempt.password, password.reveal())
  if (right) attempt.accept()
  else attempt.reject(['password'])
}

/** Runs the login's shell on a channel, as sshd does: in a session of its own, and its stdin ends with the channel. */
function runShell(channel: ServerChannel, root: string): Promise<unknown> {
  const shell = spawn('/bin/sh', ['-s'], {
    cwd: `${root}/root`,
    detached: true,
    stdio: 'pipe',
    env: {
      ...{ PRACTICE_ROOT: root, PATH: `${root}/usr/bin`, HOME: `${root}/root`, SHELL: '/bin/sh' },
      ...{ USER: 'root', LOGNAME: 'root', LANG: 'C.UTF-8' },
    },
  })
  const input = rebasing(root)
  for (const stream of [shell.stdin, shell.stdout, shell.stderr, channel]) stream.on('error', () => undefined)
  channel.pipe(input).pipe(shell.stdin)
  const forwarded = forwardOutput(channel, shell)
  channel.once('close', () => {
    input.end()
    shell.stdin.end()
    shell.stdout.destroy()
    shell.stderr.destroy()
  })
  const end = async () => {
    const [code, signal] = (await once(shell, 'close')) as [number | null, string | null]
    await forwarded
    if (code === null) channel.exit(String(signal).replace(/^SIG/, ''), false, '')
    else channel.exit(code)
    channel.end()
  }
  void end()
  return once(shell, 'close')
}

/** Opens an SSH server on a free port of 127.0.0.1 that takes one user, one password and our own commands only. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const clients = new Set<Connection>()
  const running = new Set<Promise<unknown>>()

  function run(command: string, accept: () => ServerChannel, refuse: () => unknown): void {
    if (command === remoteCommands.login) {
      const shell = runShell(accept(), options.root)
      running.add(shell)
      void shell.finally(() => running.delete(shell))
    } else if (command === remoteCommands.sudo || command === remoteCommands['sudo-password']) {
      const channel = accept()
      channel.stderr.write(noSudo)
      channel.exit(127)
      channel.end()
    } else refuse()
  }

  const server = new ssh2.Server({ hostKeys: [options.hostKey], ident: 'HoldfastPractice' }, (client) => {
    clients.add(client)
    client.on('error', () => undefined)
    client.on('close', () => clients.delete(client))
    client.on('authentication', (attempt) => judge(attempt, options))
    client.on('session', (accept) => {
      accept().on('exec', (acceptCommand, refuse, { command }) => run(command, acceptCommand, refuse))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const client of clients) client.end()
      await Promise.all([closed, ...running])
    },
  }
}
