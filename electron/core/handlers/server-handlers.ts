import { advisedError } from '../advised-error.ts'
import { advise } from '../../../shared/advice.ts'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import type { ServerDraft, ServerSecrets } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { describeHostKey } from '../servers/fingerprint.ts'
import type { OpenServer } from '../servers/server-access.ts'
import { importSshConfig } from '../servers/ssh-config.ts'
import { givenSecrets } from '../servers/stored-secrets.ts'

type ServerHandlers = Pick<
  Handlers,
  | 'servers.scan'
  | 'servers.add'
  | 'servers.edit'
  | 'servers.list'
  | 'servers.show'
  | 'servers.remove'
  | 'servers.survey'
  | 'servers.importable'
  | 'servers.acceptHostKey'
>

/** Takes over what `ssh` already knows about a host, so that a key that the user accepted there is known here. */
async function importKnownKeys(app: App, { host, port }: ServerDraft): Promise<void> {
  const known = await app.hostKeys.list(host, port)
  if (known.length === 0) await app.hostKeys.importHost(join(homedir(), '.ssh', 'known_hosts'), host, port)
}

/** Adds a profile after a complete login with it: nothing is stored that was not seen to work. */
async function addServer(
  app: App,
  input: { readonly draft: ServerDraft; readonly secrets: ServerSecrets; readonly accept: string | null },
  signal: AbortSignal,
) {
  const server: Server = { ...input.draft, id: uuid(), addedAt: app.ports.clock.now().toISOString() }
  app.profiles.refuseTaken(server)
  await importKnownKeys(app, input.draft)
  if (input.accept !== null) {
    await app.hostKeys.accept(
      server.host,
      server.port,
      await app.servers.compared(server, input.accept, { signal }),
    )
  }
  await using open = await openNew(app, server, input.secrets, signal)
  await app.serverSecrets.keep(server.id, input.secrets)
  await app.profiles.add(server)
  await app.profiles.learned(server.id, open.survey)
  return { server, survey: open.survey }
}

/** Where the host key is unknown, the error lists every key that the server shows, so that one can be compared. */
async function openNew(
  app: App,
  server: Server,
  secrets: ServerSecrets,
  signal: AbortSignal,
): Promise<OpenServer> {
  try {
    return await app.servers.open(server, { signal, secrets: givenSecrets(secrets) })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'host-key-unknown') throw error
    const keys = (await app.servers.scan(server, { signal })).map(describeHostKey)
    throw new AppError(error.code, error.message, { cause: error, details: { ...error.details, keys } })
  }
}

/** Throws `not-found` for a jump host that is no server, `invalid-input` for a way that comes back to the server. */
function requireJump(app: App, server: Server, jump: string): void {
  for (let name: string | null = jump; name !== null; name = app.profiles.get(name).jump) {
    if (name !== server.name) continue
    throw advisedError(
      'invalid-input',
      advise`${server.name} would be reached through itself. Nothing was changed; choose another server ${{ way: 'jump' }}.`,
    )
  }
}

/** Profiles, host keys and surveys. */
export function serverHandlers(app: App): ServerHandlers {
  return {
    'servers.scan': async (target, { signal }) => ({
      keys: (await app.servers.scan(target, { signal })).map(describeHostKey),
    }),
    'servers.add': (input, { signal }) => addServer(app, input, signal),
    'servers.edit': async ({ name, change, secrets }) => {
      const before = app.profiles.get(name)
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
      const server: Server = { ...before, ...given }
      if (server.jump !== null) requireJump(app, server, server.jump)
      await app.serverSecrets.keep(server.id, secrets)
      await app.profiles.replace(server)
      return { server }
    },
    'servers.list': async () => ({ servers: [...app.profiles.list()] }),
    'servers.show': async ({ name }) => {
      const server = app.profiles.get(name)
      return {
        server,
        survey: app.profiles.survey(server.id),
        hostKeys: [...(await app.servers.hostKeys(server))],
      }
    },
    'servers.remove': async ({ name }) => {
      const server = app.profiles.get(name)
      await app.serverSecrets.forget(server)
      await app.overrides.forget(server.id)
      await app.looks.forget(server.id)
      await app.profiles.remove(server.id)
      return {}
    },
    'servers.survey': async ({ name }, { signal }) => {
      const server = app.profiles.get(name)
      await using open = await app.servers.open(server, { signal, resurvey: true })
      await app.profiles.learned(server.id, open.survey)
      return { survey: open.survey }
    },
    'servers.importable': async () => {
      const { drafts, notes } = await importSshConfig()
      return { drafts: drafts.map((each) => ({ ...each, notes: [...each.notes] })), notes: [...notes] }
    },
    'servers.acceptHostKey': async ({ name, fingerprint }, { signal }) => {
      const server = app.profiles.get(name)
      const key = await app.servers.compared(server, fingerprint, { signal })
      await app.hostKeys.replace(server.host, server.port, key)
      return {}
    },
  }
}
