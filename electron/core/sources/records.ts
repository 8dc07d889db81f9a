import { AppError } from '../../../shared/errors.ts'

/** One record of a discovery script. Fields are bytes: they hold names and files of a server. */
export interface DiscoveryRecord {
  readonly tag: string
  readonly fields: readonly Buffer[]
}

/**
 * Parses `TAG NUL COUNT NUL FIELD NUL …` records. Throws `remote-failed` on anything else, so that a script that
 * wrote half a record, or an answer of another version, is never read as a small server.
 */
export function parseRecords(output: Buffer): DiscoveryRecord[] {
  const records: DiscoveryRecord[] = []
  let at = 0
  const next = (): Buffer => {
    const end = output.indexOf(0, at)
    if (end < 0) throw malformed()
    const field = output.subarray(at, end)
    at = end + 1
    return field
  }
  while (at < output.length) {
    const tag = next().toString('latin1')
    const count = next().toString('latin1')
    if (!/^[a-z][a-z-]*$/.test(tag) || !/^[0-9]{1,2}$/.test(count)) throw malformed()
    records.push({ tag, fields: Array.from({ length: Number(count) }, next) })
  }
  return records
}

/** All records of one tag, insisting on their number of fields. */
export function recordsOf(
  records: readonly DiscoveryRecord[],
  tag: string,
  fields: number,
): (readonly Buffer[])[] {
  return records
    .filter((record) => record.tag === tag)
    .map((record) => {
      if (record.fields.length !== fields) throw malformed()
      return record.fields
    })
}

/** Lines of tab-separated columns, as `mysql --batch --raw` prints them. Throws on another width. */
export function parseRows(text: Buffer, columns: number): string[][] {
  const lines = text.toString('utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const row = line.split('\t')
    if (row.length !== columns) throw malformed()
    return row
  })
}

/** Text from the output of SQL's `HEX()`. */
export function unhex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8')
}

function malformed(): AppError {
  return new AppError(
    'remote-failed',
    'The server answered the search for accounts in a form that Holdfast does not know; nothing was changed. Try again.',
  )
}
