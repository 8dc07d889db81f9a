import { spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createConnection } from 'node:net'
import ssh2 from 'ssh2'
import type { AuthContext, AuthenticationType, Connection as ServerSide, ServerConfig } from 'ssh2'
import { newEd25519Key } from './new-key.ts'

/**
 * What a test server decides about one attempt to log in: a list refuses it and says what else may be tried;
 * `partial` goes on with that list, because the attempt was right and not enough.
 */
export type Decision =
  'accept' | readonly AuthenticationType[] | { readonly partial: readonly AuthenticationType[] }

export interface TestServerOptions extends Omit<ServerConfig, 'hostKeys'> {
  /** Private host keys in OpenSSH's form. */
  readonly hostKeys: readonly string[]
  /** Judges an attempt; default: everyone may come in. */
  readonly judge?: (attempt: AuthContext) => Decision | Promise<Decision>
  /** Runs instead of `/bin/sh -s`, which is the default for any command. */
  readonly run?: (channel: ssh2.ServerChannel, command: string) => void
}

/** An SSH server in this process, for what no real one can be made to do. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  /** The methods of all attempts to log in, in order; nothing else of a login reaches a server. */
  readonly attempts: string[]
  readonly commands: string[]
  readonly connections: ServerSide[]
}

export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const { judge = () => 'accept' as const, run = runShell, hostKeys, ...config } = options
  const attempts: string[] = []
  const commands: string[] = []
  const connections: ServerSide[] = []
  const server = new ssh2.Server({ ...config, hostKeys: [...hostKeys] }, (client) => {
    connections.push(client)
    client.on('error', () => undefined)
    client.on('authentication', (attempt) => {
      attempts.push(attempt.method)
      void Promise.resolve(judge(attempt)).then((decision) => {
        if (decision === 'accept') attempt.accept()
        else if ('partial' in decision) attempt.reject([...decision.partial], true)
        else attempt.reject([...decision])
      })
    })
    client.on('ready', () => {
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, info) => {
          commands.push(info.command)
          run(acceptExec(), info.command)
        })
      })
      client.on('tcpip', (accept, _reject, info) => {
        const onward = createConnection({ host: info.destIP, port: info.destPort })
        onward.once('error', () => undefined)
        const channel = accept()
        channel.on('error', () => undefined)
        channel.pipe(onward).pipe(channel)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    attempts,
    commands,
    connections,
    async [Symbol.asyncDispose]() {
      for (const client of connections) client.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function runShell(channel: ssh2.ServerChannel): void {
  const shell = spawn('/bin/sh', ['-s'], { stdio: 'pipe' })
  channel.pipe(shell.stdin)
  shell.stdin.on('error', () => undefined)
  shell.stdout.pipe(channel, { end: false })
  shell.stderr.pipe(channel.stderr, { end: false })
  shell.on('close', (code, signal) => {
    if (code === null) channel.exit(String(signal).replace(/^SIG/, ''), false, '')
    else channel.exit(code)
    channel.end()
  })
  channel.on('close', () => shell.kill())
}

/** A host key pair: the private one for a server, the public one in wire form for `HostKeys`. */
export function makeKey(type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519'): {
  readonly privateKey: string
  readonly publicKey: Buffer
} {
  const pair =
    type === 'rsa'
      ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
      : type === 'ecdsa'
        ? ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
        : newEd25519Key()
  return { privateKey: pair.private, publicKey: Buffer.from(pair.public.split(' ')[1] ?? '', 'base64') }
}
