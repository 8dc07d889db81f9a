/** A name as an SQL identifier, for any sql_mode but ANSI_QUOTES. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** A text as an SQL literal that no sql_mode and no character set can misread. */
export function textLiteral(text: string): string {
  const hex = Buffer.from(text).toString('hex')
  return hex === '' ? "''" : `_utf8mb4 0x${hex}`
}

/** `user@host` where SQL takes no hex; for a session without NO_BACKSLASH_ESCAPES. */
export function accountName(user: string, host: string): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  return `${quoted(user)}@${quoted(host)}`
}

/** Rows of tab-separated columns. Columns that can hold anything are asked for as `HEX()`. */
export function rowsOf(output: Buffer): string[][] {
  return output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}

/** Text from `HEX()`. */
export function unhex(hex: string | undefined): string {
  return Buffer.from(hex ?? '', 'hex').toString('utf8')
}
