import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StatementScan } from './statement-scan.ts'
import type { StatementSink } from './statement-scan.ts'

/** What a scan told, one line for each thing; rows are one, however many pieces they came in. */
function scanned(dump: Buffer, sizes: readonly number[]): string[] {
  const told: string[] = []
  let rows = ''
  const sink: StatementSink = {
    statement: (bytes, at) => told.push(`${at} ${bytes.toString('latin1')}`),
    insert: ({ verb, database, table, columns }, at) => {
      told.push(`${at} ${verb} ${database ?? '-'} ${table} ${columns.join()}`)
      return (bytes) => {
        rows += bytes.toString('latin1')
      }
    },
    inserted: (count, fault) => {
      told.push(`${count} rows ${rows.trimEnd()} ${fault === null ? '' : `fault ${fault.at} ${fault.torn}`}`)
      rows = ''
    },
    refused: (why, _bytes, at) => told.push(`${at} ${why}`),
    comment: () => undefined,
  }
  const scan = new StatementScan(sink)
  for (let from = 0, at = 0; from < dump.length; at += 1) {
    const size = sizes[at % sizes.length] ?? 1
    scan.push(Buffer.from(dump.subarray(from, from + size)))
    from += size
  }
  scan.end()
  return told
}

const whole = (sql: string): string[] => scanned(Buffer.from(sql, 'latin1'), [1 << 20])

/** A string as mysqldump writes it. */
function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\0': '\\0', '\n': '\\n', '\r': '\\r', '\x1a': '\\Z' }
  return `'${text.replace(/[\0\n\r\x1a'"\\]/g, (character) => escapes[character] ?? `\\${character}`)}'`
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'))
const tricky = fc.constantFrom(
  "'",
  '"',
  '`',
  '\\',
  ';',
  ';;',
  '--',
  '-- ',
  '#',
  '/*',
  '*/',
  '/*!50003 ',
  '\n',
  'DELIMITER ;;\n',
  '),(',
  '\\!',
  'x',
)
const text = fc.oneof(
  bytes,
  fc.array(tricky, { maxLength: 8 }).map((parts) => parts.join('')),
)
const name = text.filter((one) => one !== '').map((one) => `\`${one.replaceAll('`', '``')}\``)
const value = fc.oneof(
  text.map(quoted),
  text.map((one) => `'${one.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`),
  text.map((one) => `_binary ${quoted(one)}`),
  bytes.map((one) => `0x${Buffer.from(one, 'latin1').toString('hex')}`).filter((one) => one.length > 2),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('NULL', 'DEFAULT', "b'101'", '-1', '1e-5', '.5'),
)
const row = fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => `(${values.join(',')})`)
const insert = fc
  .record({
    table: name,
    columns: fc.array(name, { maxLength: 3 }),
    rows: fc.array(row, { minLength: 1, maxLength: 4 }),
  })
  .map(({ table, columns, rows }) => {
    const list = columns.length === 0 ? '' : ` (${columns.join(', ')})`
    const bare = (one: string): string => one.slice(1, -1).replaceAll('``', '`')
    return {
      sql: `INSERT INTO ${table}${list} VALUES\n${rows.join(',\n')};\n`,
      told: [
        `INSERT - ${bare(table)} ${columns.map(bare).join()}`,
        `${rows.length} rows ${rows.join(',\n')} `,
      ],
    }
  })
const create = fc.record({ table: name, column: name, comment: text }).map(({ table, column, comment }) => {
  const sql = `CREATE TABLE ${table} (\n  ${column} int COMMENT ${quoted(comment)} /*!80023 INVISIBLE */\n)`
  return { sql: `${sql};\n`, told: [sql] }
})
const program = fc
  .record({ name, own: text, remark: text, line: bytes })
  .map(({ name: called, own, remark, line }) => {
    const inner = `/* ${remark.replaceAll(/[*/]/g, '')} */ -- ${line.replaceAll('\n', '')}\n`
    const sql = `CREATE PROCEDURE ${called}()\nBEGIN ${inner} SELECT ${quoted(own)}; SELECT 1--1; END\n`
    return { sql: `DELIMITER ;;\n${sql};;\nDELIMITER ;\n`, told: [sql] }
  })
const comment = fc.tuple(bytes, text).map(([line, block]) => ({
  sql: `--\n-- ${line.replaceAll('\n', '')}\n# it's\n/* ${block.replaceAll(/[*/]/g, '')} */;\n`,
  told: [] as string[],
}))

describe('a dump', () => {
  test('is read the same whatever the pieces that it comes in', () => {
    const statements = fc.array(fc.oneof(insert, create, program, comment), { minLength: 1, maxLength: 6 })
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(statements, sizes, (parts, pieces) => {
        const dump = Buffer.from(parts.map(({ sql }) => sql).join(''), 'latin1')
        const told = scanned(dump, pieces)
        expect(told).toEqual(scanned(dump, [dump.length]))
        const known = parts.flatMap((part) => part.told)
        expect(told.map((line) => (/^\d+ rows/.test(line) ? line : line.replace(/^\d+ /, '')))).toEqual(known)
      }),
      { numRuns: 500 },
    )
  })

  test('of any bytes is read the same whatever the pieces, and never throws', () => {
    const noise = fc.oneof(
      tricky,
      bytes,
      fc.constantFrom("INSERT INTO `t` VALUES (1,'", 'SET ', 'DELIMITER ', '(', ')', ',', '`t`'),
    )
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 30 }), sizes, (parts, pieces) => {
        const dump = Buffer.from(parts.join(''), 'latin1')
        expect(scanned(dump, pieces)).toEqual(scanned(dump, [Math.max(1, dump.length)]))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['a query', 'INSERT INTO `t` VALUES (1),((SELECT 2)),(3); SET NAMES utf8;', '1 rows (1) fault 28 false'],
    ['a call', 'INSERT INTO `t` VALUES (1),(f(2)),(3); SET NAMES utf8;', '1 rows (1) fault 29 false'],
    ['a comment', 'INSERT INTO `t` VALUES (1),(2/*! ,3 */); SET NAMES utf8;', '1 rows (1) fault 29 false'],
    ['a name', 'INSERT INTO `t` VALUES (1),(`a`); SET NAMES utf8;', '1 rows (1) fault 28 false'],
    ['a sum', 'INSERT INTO `t` VALUES (1),(1+1); SET NAMES utf8;', '1 rows (1) fault 29 false'],
    ['more words', 'INSERT INTO `t` VALUES (1) RETURNING 1; SET NAMES utf8;', '1 rows (1) fault 27 false'],
  ])('%s among rows ends them, and the next statement is read', (_what, sql, rows) => {
    const told = whole(sql)
    expect(told[1]).toBe(rows)
    expect(told.at(-1)).toMatch(/^\d+ SET NAMES utf8$/)
  })

  test('with a row of 17 MiB on a line passes it, and a fault after 16 MiB is torn', () => {
    const long = 'x'.repeat(17 << 20)
    expect(whole(`INSERT INTO \`t\` VALUES (1,'${long}');`)[1]).toBe(`1 rows (1,'${long}') `)
    const wrong = Buffer.from(`INSERT INTO \`t\` VALUES (1,'${long}',now());SELECT 1;`)
    const told = scanned(wrong, [1 << 20])
    expect(told[1]).toMatch(/fault \d+ true$/)
    expect(told.at(-1)).toMatch(/SELECT 1$/)
  })

  test.each([[1 << 16], [1 << 30]])('with a statement of 17 MiB refuses it, in pieces of %d', (size) => {
    const told = scanned(Buffer.from(`CREATE VIEW v AS SELECT '${'x'.repeat(17 << 20)}';SELECT 1;`), [size])
    expect(told).toEqual(['0 too-long', expect.stringMatching(/^\d+ SELECT 1$/)])
  })

  test('that was cut says so', () => {
    expect(whole("CREATE TABLE t (a int); INSERT INTO `t` VALUES (1),(2,'x")).toEqual([
      '0 CREATE TABLE t (a int)',
      '24 INSERT - t ',
      '1 rows (1) ',
      expect.stringMatching(/^\d+ unfinished$/),
    ])
  })
})
