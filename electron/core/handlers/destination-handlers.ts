import { homedir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuid } from 'uuid'
import type { NewDestination } from '../../../shared/model/new-destination.ts'
import { AppError } from '../../../shared/errors.ts'
import type { DestinationProfile } from '../../../shared/model/destination.ts'
import type { App } from '../app.ts'
import { parseIdentity } from '../archive/seal/age-key.ts'
import { readDestination } from '../backups/read-destination.ts'
import { secretKeyOf } from '../destinations/access.ts'
import { askedPatience } from '../destinations/retry.ts'
import type { SftpProfile } from '../destinations/sftp/link.ts'
import type { Handlers } from '../dispatch.ts'
import { loginOf } from '../reach-destinations.ts'
import { Secret } from '../secrets/secret.ts'
import { describeHostKey } from '../servers/fingerprint.ts'

type DestinationHandlers = Pick<
  Handlers,
  | 'destinations.add'
  | 'destinations.probe'
  | 'destinations.setEncrypted'
  | 'destinations.list'
  | 'destinations.show'
  | 'destinations.test'
  | 'destinations.remove'
>

type Cancellable = { readonly signal: AbortSignal }

function profileOf(
  input: NewDestination,
  common: { readonly id: string; readonly addedAt: string; readonly encrypted: boolean },
): DestinationProfile {
  const { name } = input
  switch (input.kind) {
    case 'local':
      return { kind: input.kind, name, path: input.path, ...common }
    case 'sftp':
      return { kind: input.kind, name, ...input.place, ...common }
    case 's3':
      return { kind: input.kind, name, ...input.place, conditionalWrites: false, ...common }
    case 'b2':
      return { kind: input.kind, name, ...input.place, ...common }
  }
}

async function keepSecrets(app: App, input: NewDestination, id: string): Promise<void> {
  switch (input.kind) {
    case 'local':
      return
    case 'sftp':
      await app.serverSecrets.keep(id, input.secrets)
      return
    case 's3':
    case 'b2':
      await app.secrets.set(secretKeyOf(id), new Secret(input.secret))
  }
}

async function forgetSecrets(app: App, profile: DestinationProfile): Promise<void> {
  switch (profile.kind) {
    case 'local':
      return
    case 'sftp':
      await app.serverSecrets.forget(loginOf(profile))
      return
    case 's3':
    case 'b2':
      await app.secrets.delete(secretKeyOf(profile.id))
  }
}

/** Takes over what `ssh` knows about the host, and the key that a person has compared. */
async function learnHostKey(
  app: App,
  { host, port }: SftpProfile,
  { accept, signal }: Cancellable & { readonly accept: string | null },
): Promise<void> {
  if ((await app.hostKeys.list(host, port)).length === 0) {
    await app.hostKeys.importHost(join(homedir(), '.ssh', 'known_hosts'), host, port)
  }
  if (accept === null) return
  const key = await app.servers.compared({ host, port, jump: null }, accept, { signal })
  await app.hostKeys.accept(host, port, key)
}

/** Where the host key is unknown, the error lists every key that the server shows, so that one can be compared. */
async function prepare(
  app: App,
  profile: DestinationProfile,
  options: Cancellable,
): Promise<DestinationProfile> {
  try {
    return await app.access.prepare(profile, options)
  } catch (error) {
    if (profile.kind !== 'sftp' || !(error instanceof AppError) || error.code !== 'host-key-unknown')
      throw error
    const keys = await app.servers.scan({ host: profile.host, port: profile.port, jump: null }, options)
    throw new AppError(error.code, error.message, {
      cause: error,
      details: { ...error.details, keys: keys.map(describeHostKey) },
    })
  }
}

const backupsAt = ({ catalog }: App, name: string): number =>
  catalog.list().filter(({ copies }) => copies.some((copy) => copy.destination === name)).length

/** In a bucket unless somebody said otherwise. */
const isEncrypted = ({ kind, encrypted }: NewDestination): boolean =>
  encrypted ?? (kind === 's3' || kind === 'b2')

async function addDestination(app: App, input: NewDestination, { signal }: Cancellable) {
  const encrypted = isEncrypted(input)
  const draft = profileOf(input, {
    ...{ id: uuid(), addedAt: app.ports.clock.now().toISOString(), encrypted },
  })
  app.destinations.refuseTaken(draft)
  const recoveryKey = input.recoveryKey === undefined ? null : new Secret(input.recoveryKey)
  if (recoveryKey !== null) await parseIdentity(recoveryKey)
  else if (encrypted) await app.encryption.recipients()
  if (draft.kind === 'sftp' && input.kind === 'sftp') {
    await learnHostKey(app, draft, { accept: input.accept, signal })
  }
  await keepSecrets(app, input, draft.id)
  try {
    const destination = await prepare(app, draft, { signal })
    await using open = await app.access.open(destination, { signal, patience: askedPatience })
    if (recoveryKey !== null) await app.encryption.useRecovery(recoveryKey)
    await app.destinations.add(destination)
    const { unreadable } = await readDestination(open, { ...app.ports, catalog: app.catalog }, { signal })
    return { destination, backups: backupsAt(app, draft.name), unreadable: [...unreadable] }
  } catch (error) {
    if (!app.destinations.list().some(({ id }) => id === draft.id)) await forgetSecrets(app, draft)
    throw error
  }
}

/** Secrets are kept for as long as it takes. */
async function probeNew(app: App, input: NewDestination, { signal }: Cancellable) {
  const draft = profileOf(input, {
    ...{ id: uuid(), addedAt: app.ports.clock.now().toISOString(), encrypted: false },
  })
  app.destinations.refuseTaken(draft)
  if (draft.kind === 'sftp' && input.kind === 'sftp') {
    await learnHostKey(app, draft, { accept: input.accept, signal })
  }
  await keepSecrets(app, input, draft.id)
  try {
    const destination = await prepare(app, draft, { signal })
    return { findings: [...(await app.access.test(destination, { signal }))] }
  } finally {
    await forgetSecrets(app, draft)
  }
}

/** Where copies lie. */
export function destinationHandlers(app: App): DestinationHandlers {
  return {
    'destinations.add': (input, { signal }) => addDestination(app, input, { signal }),
    'destinations.probe': ({ destination }, { signal }) => probeNew(app, destination, { signal }),
    'destinations.setEncrypted': async ({ name, encrypted }) => {
      if (encrypted) await app.encryption.recipients()
      return { destination: await app.destinations.setEncrypted(name, encrypted) }
    },
    'destinations.list': async () => ({ destinations: [...app.destinations.list()] }),
    'destinations.show': async ({ name }, { signal }) => {
      const destination = app.destinations.get(name)
      await using open = await app.access.open(destination, { signal, patience: askedPatience })
      return { destination, freeBytes: await open.free({ signal }), backups: backupsAt(app, name) }
    },
    'destinations.test': async ({ name }, { signal }) => ({
      findings: [...(await app.access.test(app.destinations.get(name), { signal }))],
    }),
    'destinations.remove': async ({ name }) => {
      const profile = app.destinations.get(name)
      await forgetSecrets(app, profile)
      await app.destinations.remove(profile.id)
      await app.copyQueue.forgetDestination(name)
      app.catalog.forget(name)
      return {}
    },
  }
}
