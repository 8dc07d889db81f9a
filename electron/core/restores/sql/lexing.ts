/** How the server reads quotes; it depends on `sql_mode`. */
export interface Lexing {
  /** Whether `\` escapes in strings: not under NO_BACKSLASH_ESCAPES. */
  readonly backslash: boolean
  /** Whether "…" is a name: under ANSI_QUOTES and the modes that include it. */
  readonly ansiQuotes: boolean
}

/** How dumps of tables are written. */
export const plainLexing: Lexing = { backslash: true, ansiQuotes: false }

const withAnsiQuotes = ['ANSI_QUOTES', 'ANSI', 'DB2', 'MAXDB', 'MSSQL', 'ORACLE', 'POSTGRESQL']

/** How a server reads under these modes (https://mariadb.com/kb/en/sql-mode/). */
export function lexingOf(modes: readonly string[]): Lexing {
  return {
    backslash: !modes.includes('NO_BACKSLASH_ESCAPES'),
    ansiQuotes: modes.some((mode) => withAnsiQuotes.includes(mode)),
  }
}

/** Whether tables and rows may be read like this at all. */
export function isPlain({ backslash, ansiQuotes }: Lexing): boolean {
  return backslash && !ansiQuotes
}

/** The server that a dump goes to; it decides which conditional comments count. */
export interface TargetServer {
  readonly flavour: 'mariadb' | 'mysql'
  /** Major, minor and patch as conditional comments have them: 101119 is 10.11.19, 80036 is 8.0.36. */
  readonly version: number
}

/** Beginning of a conditional comment: `/*!`, `/*!50003`, `/*M!101100`. */
export const conditional = /\/\*(M?)!(\d{5,6})?/y

/**
 * Whether a server executes a conditional comment. MariaDB passes over those of MySQL 5.7 and later
 * (https://mariadb.com/kb/en/comment-syntax/).
 */
export function isActive(
  marker: { readonly mariadb: boolean; readonly version: number },
  server: TargetServer,
): boolean {
  if (server.flavour === 'mysql') return !marker.mariadb && marker.version <= server.version
  const ofMysql = !marker.mariadb && marker.version >= 50_700 && marker.version <= 99_999
  return !ofMysql && marker.version <= server.version
}
