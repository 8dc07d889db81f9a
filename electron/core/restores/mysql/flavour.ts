import { AppError } from '../../../../shared/errors.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { TargetServer } from '../sql/lexing.ts'
import { must } from './over-there.ts'

/** What a server says of itself. */
export interface ServerFacts extends TargetServer {
  /** As it says it: `10.11.19-MariaDB-0+deb12u1`. */
  readonly text: string
  /** It makes triggers and functions only for SUPER: a binary log, and no trust in those who make them. */
  readonly distrusts: boolean
  /** Whether who asks has SUPER. */
  readonly isSuper: boolean
  readonly collations: ReadonlySet<string>
  /** Where its tables lie. */
  readonly folder: string
}

/** Reads `10.11.19-MariaDB…`, `8.0.36` and the like, with MariaDB's old `5.5.5-` before it; null where it is none. */
export function parseVersion(text: string): TargetServer | null {
  const [, major, minor, patch] = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []
  if (major === undefined) return null
  const version = Number(major) * 10_000 + Number(minor) * 100 + Number(patch)
  return { flavour: /mariadb/i.test(text) ? 'mariadb' : 'mysql', version }
}

/** Throws `remote-failed` where the server does not say. */
export async function serverFacts(server: MysqlServer): Promise<ServerFacts> {
  const rows = await must(
    server,
    [
      "SELECT 'version', VERSION()",
      "SELECT 'distrusts', @@log_bin AND NOT @@log_bin_trust_function_creators",
      "SELECT 'super', COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'SUPER' AND GRANTEE = CONCAT('\\'', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '\\'@\\'', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '\\'')",
      "SELECT 'folder', @@datadir",
      "SELECT 'collation', COLLATION_NAME FROM information_schema.COLLATIONS",
    ],
    { what: 'say what it is' },
  )
  const of = (tag: string) => rows.filter(([first]) => first === tag).map((row) => row[1] ?? '')
  const [text = ''] = of('version')
  const known = parseVersion(text)
  if (known === null) {
    throw new AppError(
      'remote-failed',
      `The database server calls itself ${JSON.stringify(text)}, which is unknown.`,
    )
  }
  return {
    ...{ ...known, text, distrusts: of('distrusts')[0] === '1', isSuper: of('super')[0] === '1' },
    ...{ collations: new Set(of('collation')), folder: of('folder')[0] ?? '' },
  }
}
