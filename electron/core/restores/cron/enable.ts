import { AppError } from '../../../../shared/errors.ts'
import { enableCrontab } from '../crontab.ts'
import { readCrontab, writeCrontab, type CrontabPlace } from './over-there.ts'

/**
 * Takes the lines into use that restores put into an account's crontab commented out: their marks go, every other byte
 * stays. Returns how many; cron judges the lines, and where it refuses one nothing is changed. Throws `write-failed`
 * where the crontab is another afterwards than the one that was installed.
 */
export async function enableJobs(place: CrontabPlace): Promise<number> {
  const now = await readCrontab(place)
  if (now === null) return 0
  const { bytes, enabled } = enableCrontab(now, null)
  if (enabled === 0) return 0
  await writeCrontab(place, bytes)
  const then = await readCrontab(place)
  if (then?.equals(bytes) === true) return enabled
  throw new AppError(
    'write-failed',
    `The crontab of ${place.name} is not the one that was installed: somebody changed it at the same time. Look at it with: crontab -u ${place.name} -l`,
  )
}
