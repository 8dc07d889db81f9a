import { expect, test } from 'vitest'
import { giving, parseSingleGrant } from './single-grants.ts'

const to = 'TO `x`@`h` WITH GRANT OPTION'
const whole = (name: string) => ({ name, columns: [] })

test('a grant on a table, on columns or on a routine is read, without the right to give it on', () => {
  expect(parseSingleGrant(`GRANT SELECT (\`a\`\`b\`, \`,\`), DELETE HISTORY ON \`d_b\`.\`t\` ${to}`)).toEqual(
    {
      ...{ on: 'table', database: 'd_b', name: 't' },
      privileges: [{ name: 'SELECT', columns: ['a`b', ','] }, whole('DELETE HISTORY')],
    },
  )
  expect(parseSingleGrant(`GRANT EXECUTE, ALTER ROUTINE ON FUNCTION \`d\`.\`f\` ${to}`)).toEqual({
    ...{ on: 'function', database: 'd', name: 'f' },
    privileges: [whole('EXECUTE'), whole('ALTER ROUTINE')],
  })
})

test.each([
  `GRANT ALL PRIVILEGES ON *.* ${to}`,
  `GRANT SELECT ON \`d\`.* ${to}`,
  `GRANT EXECUTE ON \`d\`.\`t\` ${to}`,
  `GRANT SELECT ON PROCEDURE \`d\`.\`p\` ${to}`,
  `GRANT DELETE (\`a\`) ON \`d\`.\`t\` ${to}`,
  `GRANT SELECT, SUPER ON \`d\`.\`t\` ${to}`,
  `GRANT SELECT ON PACKAGE BODY \`d\`.\`p\` ${to}`,
  `GRANT \`role\` TO \`x\`@\`h\``,
  `GRANT SELECT ON \`d\`.\`t\`; DROP TABLE \`d\`.\`t\` ${to}`,
  `GRANT SELECT (a) ON \`d\`.\`t\` ${to}`,
])('%s is none', (text) => {
  expect(parseSingleGrant(text)).toBeNull()
})

test('a right is given with every name quoted, as one statement', () => {
  const sql = giving(
    {
      ...{ user: "x'y", host: '%', on: 'table', name: 'a`b' },
      privileges: [{ name: 'UPDATE', columns: ['c`d'] }, whole('DELETE')],
    },
    'my_db',
  )
  const [, hex = ''] = /0x([0-9a-f]+) /.exec(sql) ?? []
  expect(Buffer.from(hex, 'hex').toString()).toBe(
    "GRANT UPDATE (`c``d`), DELETE ON `my_db`.`a``b` TO 'x''y'@'%'",
  )
})
