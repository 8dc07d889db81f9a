import { readFile } from 'node:fs/promises'
import type { NewDestination } from '../../../shared/model/new-destination.ts'
import { AppError } from '../../../shared/errors.ts'
import { askSecret } from '../ask-secret.ts'
import type { CommandContext } from '../command.ts'
import { parsePath, parseWhole, parseWord } from '../names.ts'

/** How a destination is described on the command line, as commander hands it over. */
export interface DestinationOptions {
  readonly path?: string
  readonly host?: string
  readonly port?: string
  readonly user?: string
  readonly agent?: true
  readonly key?: string
  readonly keyPassphraseStdin?: true
  readonly passwordStdin?: true
  readonly folder?: string
  readonly acceptHostKey?: string
  readonly endpoint?: string
  readonly region?: string
  readonly bucket?: string
  readonly prefix?: string
  readonly pathStyle?: true
  readonly keyId?: string
  readonly secretStdin?: true
  readonly storageClass?: string
  readonly sse?: string
  readonly kmsKey?: string
  readonly ca?: string
  readonly rate?: string
  readonly encrypt?: boolean
  readonly recoveryKey?: true
}

/** The options of each kind; what is marked is needed. */
const known = {
  local: { path: true },
  sftp: {
    ...{ host: true, user: true, folder: true },
    ...{ port: false, agent: false, key: false, keyPassphraseStdin: false, passwordStdin: false },
    ...{ acceptHostKey: false, rate: false },
  },
  s3: {
    ...{ bucket: true, keyId: true, secretStdin: true },
    ...{ region: false, endpoint: false, prefix: false, pathStyle: false, storageClass: false, sse: false },
    ...{ kmsKey: false, ca: false, rate: false },
  },
  b2: {
    ...{ bucket: true, keyId: true, secretStdin: true, region: true },
    ...{ endpoint: false, prefix: false, rate: false },
  },
} as const satisfies Record<NewDestination['kind'], Partial<Record<keyof DestinationOptions, boolean>>>

const dashed = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function check(kind: NewDestination['kind'], options: DestinationOptions): void {
  const mine: Readonly<Record<string, boolean>> = known[kind]
  const given = Object.keys(options)
  const foreign = given.filter((name) => !(name in mine) && name !== 'encrypt' && name !== 'recoveryKey')
  const missing = Object.keys(mine).filter((name) => mine[name] === true && !given.includes(name))
  if (foreign.length === 0 && missing.length === 0) return
  const words = [
    ...(missing.length === 0 ? [] : [`needs ${missing.map(dashed).join(', ')}`]),
    ...(foreign.length === 0 ? [] : [`does not take ${foreign.map(dashed).join(', ')}`]),
  ]
  throw new AppError(
    'invalid-input',
    `A destination of kind ${kind} ${words.join(' and ')}. Nothing was added.`,
  )
}

const rateOf = ({ rate }: DestinationOptions) =>
  rate === undefined ? null : parseWhole('--rate', rate, { min: 1, max: 100_000 })

function authOf(options: DestinationOptions) {
  const chosen = [options.agent, options.key, options.passwordStdin].filter((value) => value !== undefined)
  if (chosen.length !== 1 || (options.keyPassphraseStdin && options.key === undefined)) {
    throw new AppError(
      'invalid-input',
      'Choose one of --agent, --key (with --key-passphrase-stdin where it has one) and --password-stdin. Nothing was added.',
    )
  }
  if (options.agent) return { kind: 'agent' } as const
  if (options.key === undefined) return { kind: 'password' } as const
  return { kind: 'key', path: options.key, passphrase: options.keyPassphraseStdin === true } as const
}

async function sftp(
  name: string,
  options: DestinationOptions,
  context: CommandContext,
): Promise<NewDestination> {
  const { host = '', user = '', folder = '', port } = options
  const auth = authOf(options)
  const asked = auth.kind === 'password' ? 'password' : options.keyPassphraseStdin ? 'keyPassphrase' : null
  const [line] = await context.stdinLines(asked === null ? 0 : 1)
  return {
    ...{ kind: 'sftp', name, accept: options.acceptHostKey ?? null },
    place: {
      ...{ host, user, folder, auth, rateMbit: rateOf(options) },
      port: port === undefined ? 22 : parseWhole('--port', port, { min: 1, max: 65535 }),
    },
    secrets: asked === null || line === undefined ? {} : { [asked]: line },
  }
}

function encryptionOf({ sse, kmsKey }: DestinationOptions) {
  const kind = parseWord('--sse', sse ?? 'bucket', ['bucket', 'aes256', 'kms'])
  if (kind === 'kms') return { kind, keyId: kmsKey ?? null }
  if (kmsKey === undefined) return { kind }
  throw new AppError('invalid-input', '--kms-key goes with --sse kms. Nothing was added.')
}

async function authorityOf({ ca }: DestinationOptions): Promise<string | null> {
  if (ca === undefined) return null
  try {
    return await readFile(parsePath('--ca', ca), 'utf8')
  } catch (cause) {
    throw new AppError('not-found', `${ca} could not be read. Nothing was added.`, { cause })
  }
}

async function bucket(
  kind: 's3' | 'b2',
  name: string,
  options: DestinationOptions,
  context: CommandContext,
): Promise<NewDestination> {
  const { region = 'us-east-1', endpoint, prefix = '', keyId = '' } = options
  const common = { region, bucket: options.bucket ?? '', prefix, keyId, rateMbit: rateOf(options) }
  const authority = await authorityOf(options)
  const encryption = encryptionOf(options)
  const [secret = ''] = await context.stdinLines(1)
  if (kind === 'b2') {
    const place = { ...common, endpoint: endpoint ?? `https://s3.${region}.backblazeb2.com` }
    return { kind, name, place, secret }
  }
  return {
    ...{ kind, name, secret },
    place: {
      ...{ ...common, authority, encryption, endpoint: endpoint ?? null },
      pathStyle: options.pathStyle === true,
      storageClass: options.storageClass ?? null,
    },
  }
}

/** A destination as the contract wants it. Throws `invalid-input` that says what is missing or too much. */
export async function readDestination(
  kindText: string,
  name: string,
  options: DestinationOptions,
  context: CommandContext,
): Promise<NewDestination> {
  const kind = parseWord('KIND', kindText, ['local', 'sftp', 's3', 'b2'])
  check(kind, options)
  const place = await readPlace(kind, name, options, context)
  return {
    ...place,
    ...(options.encrypt === undefined ? {} : { encrypted: options.encrypt }),
    ...(options.recoveryKey ? { recoveryKey: await askSecret('The recovery key: ', context) } : {}),
  }
}

async function readPlace(
  kind: NewDestination['kind'],
  name: string,
  options: DestinationOptions,
  context: CommandContext,
): Promise<NewDestination> {
  switch (kind) {
    case 'local':
      return { kind, name, path: parsePath('--path', options.path ?? '') }
    case 'sftp':
      return sftp(name, options, context)
    case 's3':
    case 'b2':
      return bucket(kind, name, options, context)
  }
}
