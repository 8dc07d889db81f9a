import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { Instant } from '../../../shared/model/name.ts'
import { readSmall } from '../backups/stored-backup.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { Clock } from '../ports.ts'

const folder = 'prune-lease/'
const pattern = /^prune-lease\/(\d{8})-[0-9a-f]{16}\.json$/
const Lease = z.object({ format: z.literal(1), until: Instant })

/** How long a lease holds that nobody renews. */
const term = 30 * 60_000
/** A holder renews it when so much of it has gone. */
const renewAfter = 5 * 60_000

type Options = { readonly clock: Pick<Clock, 'now'>; readonly signal: AbortSignal }

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

async function leases(destination: Destination, { signal }: Options): Promise<readonly Key[]> {
  const keys: Key[] = []
  for await (const { key } of destination.list(folder, { signal })) if (pattern.test(key)) keys.push(key)
  return keys
}

const numberOf = (key: Key) => Number(pattern.exec(key)?.[1] ?? 0)

/** Whether a lease has run out, by its own word; one that cannot be read has, when nothing was written for its term. */
async function hasExpired(destination: Destination, key: Key, options: Options): Promise<boolean> {
  const now = options.clock.now().getTime()
  try {
    const { until } = Lease.parse(JSON.parse(String(await readSmall(destination, key, options))))
    return Date.parse(until) < now
  } catch {
    const found = await destination.stat(key, options)
    return found === null || found.modified.getTime() + term < now
  }
}

/**
 * Takes the lease of a destination. Leases are numbered objects: to take over from one that has expired is to make the
 * next. Where two make the same number both see it in the listing, and both let go; so it needs no conditional write,
 * only listings that show what was written.
 * @throws `busy` where another process has it
 */
export async function takeLease(destination: Destination, options: Options): Promise<PruneLease> {
  const { clock, signal } = options
  const before = await leases(destination, options)
  const newest = Math.max(0, ...before.map(numberOf))
  for (const key of before.filter((each) => numberOf(each) === newest)) {
    if (!(await hasExpired(destination, key, options))) throw taken(destination.name)
  }
  const key = `${folder}${String(newest + 1).padStart(8, '0')}-${randomBytes(8).toString('hex')}.json`
  let until = 0
  const write = async (replace: boolean) => {
    until = clock.now().getTime() + term
    const body = { format: 1, until: new Date(until).toISOString() }
    await destination.put(key, Buffer.from(JSON.stringify(body)), { signal, replace })
  }
  const isOurs = async () =>
    (await leases(destination, options)).every((each) => each === key || numberOf(each) <= newest)
  const release = () =>
    destination.delete(key, { signal: new AbortController().signal }).catch(() => undefined)

  await write(false)
  if (!(await isOurs())) {
    await release()
    throw taken(destination.name)
  }
  for (const old of before) await destination.delete(old, { signal })
  return {
    check: async () => {
      const left = until - clock.now().getTime()
      if (left <= 0 || left > term || !(await isOurs())) throw taken(destination.name)
      if (left < term - renewAfter) await write(true)
    },
    [Symbol.asyncDispose]: release,
  }
}
