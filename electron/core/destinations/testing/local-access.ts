import { AppError } from '../../../../shared/errors.ts'
import { DestinationAccess } from '../access.ts'

const refuse = () =>
  Promise.reject(new AppError('internal', 'This test has destinations on this computer only.'))

/** Opens destinations on this computer and no others. */
export const localAccess = new DestinationAccess({
  clock: {
    now: () => new Date('2026-04-08T02:00:00Z'),
    monotonic: () => 0,
    sleep: () => Promise.resolve(),
  },
  secrets: { get: refuse },
  openSftp: refuse,
  spoolFolder: '/nonexistent',
})
