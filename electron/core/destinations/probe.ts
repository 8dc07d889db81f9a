import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { AppError } from '../../../shared/errors.ts'
import { formatBytes } from '../../../shared/format.ts'
import type { DestinationFinding } from '../../../shared/model/destination.ts'
import type { Destination } from './destination.ts'

type Cancellable = { readonly signal: AbortSignal }
type What = DestinationFinding['what']

/** What a probe has found so far. */
export class Findings {
  readonly list: DestinationFinding[] = []
  readonly #signal: AbortSignal

  constructor({ signal }: Cancellable) {
    this.#signal = signal
  }

  add(what: What, state: DestinationFinding['state'], text: string): void {
    this.list.push({ what, state, text })
  }

  /**
   * Tries something: what `step` says of it, or what went wrong in a sentence, which is `otherwise` of what was tried.
   * True where it worked.
   */
  async try(
    what: What,
    step: () => Promise<string>,
    otherwise: 'advice' | 'failed' = 'failed',
  ): Promise<boolean> {
    try {
      this.add(what, 'ok', await step())
      return true
    } catch (error) {
      if (!(error instanceof AppError) || this.#signal.aborted) throw error
      this.add(what, otherwise, error.message)
      return false
    }
  }
}

const unlike = (text: string) => new AppError('corrupt', text)

/**
 * Does at a destination what backups do, with small objects of its own that it removes again. Goes on after what did
 * not work, as far as that makes sense.
 */
export async function probeDestination(
  destination: Destination,
  findings: Findings,
  options: Cancellable,
): Promise<void> {
  const test = `holdfast-test-${randomBytes(4).toString('hex')}`
  const key = `${test}.object`
  const body = randomBytes(4096)
  const written = await findings.try('write', async () => {
    await destination.put(key, body, options)
    return 'Objects can be written.'
  })
  if (!written) return
  await findings.try('read', async () => {
    if (!(await buffer(await destination.get(key, options))).equals(body))
      throw unlike('What was read back is not what was written. Do not use this destination.')
    return 'What was written comes back.'
  })
  await findings.try('range', async () => {
    const part = await buffer(await destination.get(key, { ...options, range: { start: 1000, end: 2000 } }))
    if (!part.equals(body.subarray(1000, 2000)))
      throw unlike('A part of an object comes back wrong, so single files could not be restored from here.')
    return 'Parts of objects can be read.'
  })
  await findings.try('list', async () => {
    for await (const found of destination.list(`${test}.`, options))
      if (found.key === key) return 'Objects are listed.'
    throw unlike('A new object is not listed, so backups would not be found. Try again in a minute.')
  })
  await findings.try('exclusive', async () => {
    const replaced = await destination.put(key, body, options).then(
      () => true,
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'conflict') return false
        throw error
      },
    )
    if (replaced)
      throw unlike('An object was replaced where that was to be refused. Do not use this destination.')
    return 'What is there is not replaced.'
  })
  await findings.try('upload', async () => {
    await using _ = await uploaded(destination, `${test}.uploaded`, options)
    return 'An upload becomes visible when it is finished.'
  })
  await findings.try('abort', async () => {
    const upload = await destination.create(`${test}.aborted`, options)
    await upload.write(body)
    await upload.abort()
    for await (const found of destination.list(`${test}.aborted`, options))
      throw unlike(`An upload that was taken back left ${found.key}.`)
    return 'An upload that is taken back leaves nothing.'
  })
  await findings.try('claim', async () => {
    const claimed = `${test}.claimed.tar.gz`
    if (!(await destination.claim(claimed, [], options))) throw unlike('A free name could not be claimed.')
    const twice = await destination.claim(claimed, [], options)
    await destination.release(claimed)
    if (twice) throw unlike('A name was claimed twice. Let only one computer write here.')
    return 'Names can be claimed.'
  })
  await findings.try(
    'delete',
    async () => {
      await destination.delete(key, options)
      if ((await destination.stat(key, options)) !== null)
        throw unlike('What was deleted is still there. Retention cannot make room here.')
      return 'Objects can be deleted.'
    },
    'advice',
  )
  await findings.try(
    'space',
    async () => {
      const free = await destination.free(options)
      return free === null ? 'Nobody knows how much fits.' : `${formatBytes(free)} are free.`
    },
    'advice',
  )
}

async function uploaded(
  destination: Destination,
  key: string,
  options: Cancellable,
): Promise<AsyncDisposable> {
  const upload = await destination.create(key, options)
  try {
    await upload.write(randomBytes(100_000))
    if ((await destination.stat(key, options)) !== null)
      throw unlike('An upload is visible before it is finished. Do not use this destination.')
    await upload.commit()
  } finally {
    await upload.abort()
  }
  return { [Symbol.asyncDispose]: () => destination.delete(key, options).catch(() => undefined) }
}
