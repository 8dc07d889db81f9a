import type { ArchiveEntry } from '../../../shared/archive-contract.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { idOf } from './catalog.ts'
import { newConfig, oldConfig } from './two-configs.ts'

function entry(path: string, size: number, modified: string, of: Partial<ArchiveEntry> = {}): ArchiveEntry {
  return {
    ...{ path, type: 'file', size, mode: 0o640, uid: 1001, gid: 1001 },
    ...{ modified: `${modified.padEnd(16, 'T10:00')}:00.000Z`, sha256: 'a'.repeat(64), target: null },
    ...of,
  }
}
const folder = (path: string, modified = '2026-04-08') =>
  entry(path, 0, modified, { type: 'directory', sha256: null, mode: 0o755 })

const html = 'files/public_html'
const config = `${html}/wp-config.php`
const none = '2026-03-12'

const folders: Readonly<Record<string, readonly ArchiveEntry[]>> = {
  '': [
    ...['files', 'databases', 'mail', 'cron'].map((path) => folder(path)),
    entry('manifest.json', 48_211, '2026-04-08'),
  ],
  files: [folder(html), folder('files/logs'), folder('files/.ssh')],
  [html]: [
    folder(`${html}/wp-admin`, none),
    folder(`${html}/wp-content`),
    folder(`${html}/wp-includes`, none),
    entry(`${html}/.htaccess`, 2000, '2026-04-02'),
    entry(`${html}/index.php`, 405, none),
    entry(`${html}/robots.txt`, 88, '2026-01-19'),
    entry(config, 3200, '2026-04-03T09:12', { sha256: 'c'.repeat(64) }),
    entry(`${html}/wp-config-sample.php`, 3000, none),
    entry(`${html}/wp-cron.php`, 5600, none),
    entry(`${html}/wp-login.php`, 51_000, none),
    entry(`${html}/xmlrpc.php`, 3200, '2026-04-06'),
  ],
  databases: [folder('databases/mysql'), folder('databases/postgresql')],
  mail: [folder('mail/alicebakes.example')],
}

/** The configuration file in six backups: day, when it was changed, size. */
const versions = [
  ['2026-04-08', '2026-04-03T09:12', 3200],
  ['2026-04-07', '2026-04-03T09:12', 3200],
  ['2026-04-05_2', '2026-04-03T09:12', 3200],
  ['2026-04-03', '2026-03-24T17:40', 3100],
  ['2026-03-29_2', '2026-03-24T17:40', 3100],
  ['2026-03-13_2', '2026-01-19T11:02', 2900],
] as const

const versionsOf: Readonly<Record<string, number>> = { [`${html}/.htaccess`]: 2, [config]: 3 }

/** The ids of the two that are compared, the older one first. */
export const compared = { from: idOf('2026-04-03'), to: idOf('2026-04-08'), item: config } as const

const contentOf = (backup: string) => Buffer.from(backup === compared.from ? oldConfig : newConfig)

export const archiveAnswers: Answers = {
  'archive.list': ({ item, backup }) => {
    if (item !== config) return { entries: [...(folders[item ?? ''] ?? [])] }
    const sha256 = (backup === compared.from ? 'b' : 'c').repeat(64)
    return { entries: [entry(config, contentOf(backup).length, '2026-04-03T09:12', { sha256 })] }
  },
  'archive.history': () => ({
    versions: versions.map(([name, modified, size]) => ({
      backupId: idOf(name),
      entry: entry(config, size, modified, { sha256: String(size).padEnd(64, '0') }),
    })),
    ...{ unread: [], older: 16 },
  }),
  'archive.folderHistory': () => ({
    entries: (folders[html] ?? [])
      .filter(({ type }) => type === 'file')
      .map(({ path }) => ({
        ...{ path, versions: versionsOf[path] ?? 1, backups: 6, newSince: null },
        ...(path === `${html}/xmlrpc.php` ? { backups: 3, newSince: '2026-04-06T02:00:00.000Z' } : {}),
      })),
    ...{ compared: 6, others: 16 },
  }),
  'archive.read': ({ backup }) => {
    const content = contentOf(backup)
    return { backupId: backup, size: content.length, data: content.toString('base64') }
  },
}
