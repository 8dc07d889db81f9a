import { AppError } from '../../../shared/errors.ts'
import { fromRemoteName } from '../../../shared/remote-name.ts'

/**
 * The path in an archive that an item of the command line means: `cron` is the crontab, a database stands for its
 * dump, everything else is a path as `ls` shows it. Without a trailing slash.
 */
export function itemPath(item: string, exists: (path: Buffer) => boolean): Buffer {
  const plain = item.replace(/\/+$/, '')
  const candidates = plain === 'cron' ? ['cron/crontab'] : [plain]
  if (/^databases\/mysql\/[^/]+$/.test(plain)) candidates.push(`${plain}.sql`)
  if (/^databases\/postgresql\/[^/]+$/.test(plain)) candidates.push(`${plain}.dump`)
  for (const candidate of candidates) {
    const path = Buffer.from(fromRemoteName(candidate))
    if (exists(path)) return path
  }
  throw new AppError('not-found', `The archive has no ${JSON.stringify(item)}. See: holdfast ls`)
}
