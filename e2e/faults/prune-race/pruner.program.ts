import process from 'node:process'
import { openBucketOn } from '../../../electron/core/destinations/s3/testing/open-bucket.ts'
import { keepLast, TestPlace } from '../../../electron/core/prune/test-place.ts'
import { toWire } from '../../../shared/errors.ts'

/** One removal that this process is told to try. */
export interface PruneOrder {
  readonly endpoint: string
  readonly prefix: string
  readonly conditionalWrites: boolean
  readonly now: string
  readonly keep: number
}

/** Removes as it is told, again and again; answers with `done` or the code of the error. */
process.on('message', (order: PruneOrder) => {
  void prune(order).then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.(toWire(error).code),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function prune({ endpoint, prefix, conditionalWrites, now, keep }: PruneOrder): Promise<void> {
  const place = new TestPlace()
  place.now = new Date(now)
  await using destination = openBucketOn({ endpoint }, { prefix, conditionalWrites })
  await place.prune(keepLast(keep), { destination })
}
