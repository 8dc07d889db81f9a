import { keepLast, TestPlace } from '../../electron/core/prune/test-place.ts'
import { openS3Destination } from '../../electron/core/destinations/s3/s3.ts'
import { toWire } from '../../shared/errors.ts'
import { labOptions } from '../lab/s3-place.ts'
import type { Round, RoundEnd } from './race-prunes.ts'

/** A process that prunes where its parent says, as often as it says, and answers with the end of each. */
process.on('message', ({ place, now, keep }: Round) => {
  const prune = async (): Promise<RoundEnd> => {
    const own = new TestPlace()
    own.now = new Date(now)
    await using destination = openS3Destination(place, labOptions)
    try {
      await own.prune(keepLast(keep), { destination })
      return 'pruned'
    } catch (error) {
      return toWire(error).code
    }
  }
  void prune().then((end) => process.send?.(end))
})
