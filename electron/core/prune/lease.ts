import { randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { Destination, StoredObject } from '../destinations/destination.ts'
import type { Clock } from '../ports.ts'

const folder = 'prune-lease/'
const pattern = /^prune-lease\/(\d{8})-[0-9a-f]{16}\.json$/
const body = Buffer.from(JSON.stringify({ format: 1 }))

/** How long a lease holds that nobody renews. */
const term = 30 * 60_000
/** A holder renews it when so much of it has gone. */
const renewAfter = 5 * 60_000

type Options = { readonly clock: Pick<Clock, 'now' | 'monotonic'>; readonly signal: AbortSignal }

/** The right to remove at a destination, which one process has at a time. Disposing gives it back. */
export interface PruneLease extends AsyncDisposable {
  /** To be called before every removal. Throws `busy` where the lease is not ours any more, or slept through its term. */
  check(): Promise<void>
}

const taken = (name: string) =>
  new AppError(
    'busy',
    `Another Holdfast is removing old backups at ${name}. Nothing was removed; it is tried again after the next run.`,
  )

async function leases(destination: Destination, { signal }: Options): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = []
  for await (const object of destination.list(folder, { signal }))
    if (pattern.test(object.key)) found.push(object)
  return found
}

const numberOf = ({ key }: Pick<StoredObject, 'key'>) => Number(pattern.exec(key)?.[1] ?? 0)

/** What time it is there, by a small object that is removed again: clocks of other computers may be wrong by days. */
async function timeAt(destination: Destination, { signal }: Options): Promise<number> {
  const key = `${folder}now-${randomBytes(8).toString('hex')}.json`
  const { modified } = await destination.put(key, body, { signal })
  await destination.delete(key, { signal })
  return modified.getTime()
}

/** Whether a lease was not renewed for its term, by the clock of the place where it lies. */
const hasExpired = ({ modified }: StoredObject, now: number) => Math.abs(now - modified.getTime()) > term

/** Time that went by since, also while this computer slept, and however its clock was set meanwhile. */
function stopwatch({ clock }: Options): () => number {
  const [wall, monotonic] = [clock.now().getTime(), clock.monotonic()]
  return () => Math.max(Math.abs(clock.now().getTime() - wall), clock.monotonic() - monotonic)
}

/**
 * Takes the lease of a destination. Leases are numbered objects: to take over from one that has expired is to make the
 * next. Where two make the same number both see it in the listing, and both let go; so it needs no conditional write,
 * only listings that show what was written.
 * @throws `busy` where another process has it
 */
export async function takeLease(destination: Destination, options: Options): Promise<PruneLease> {
  const { signal } = options
  const before = await leases(destination, options)
  const newest = Math.max(0, ...before.map(numberOf))
  const held = before.filter((each) => numberOf(each) === newest)
  if (held.length > 0) {
    const now = await timeAt(destination, options)
    if (!held.every((each) => hasExpired(each, now))) throw taken(destination.name)
  }
  const key = `${folder}${String(newest + 1).padStart(8, '0')}-${randomBytes(8).toString('hex')}.json`
  let sinceRenewal = stopwatch(options)
  const write = async (replace: boolean) => {
    const begun = stopwatch(options)
    await destination.put(key, body, { signal, replace })
    sinceRenewal = begun
  }
  const isOurs = async () => {
    const found = await leases(destination, options)
    return (
      found.some((each) => each.key === key) &&
      found.every((each) => each.key === key || numberOf(each) <= newest)
    )
  }
  const release = () =>
    destination.delete(key, { signal: new AbortController().signal }).catch(() => undefined)

  await write(false)
  if (!(await isOurs())) {
    await release()
    throw taken(destination.name)
  }
  for (const old of before) await destination.delete(old.key, { signal })
  return {
    check: async () => {
      if (sinceRenewal() >= term || !(await isOurs())) throw taken(destination.name)
      if (sinceRenewal() > renewAfter) await write(true)
    },
    [Symbol.asyncDispose]: release,
  }
}
