import { expect, test } from 'vitest'
import { setupSql, usersSql, withoutDefaultRole } from './users.ts'

test('a user of MySQL is made before its default roles, which the setup gives it', () => {
  const made = "CREATE USER `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x24"
  const rest = ' REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK'
  expect(withoutDefaultRole(`${made} DEFAULT ROLE \`r\`\`x\`@\`%\`,\`s\`@\`%\`${rest}`)).toBe(made + rest)
  expect(withoutDefaultRole(made + rest)).toBe(made + rest)
})

test('roles are made in the setup, never as users', () => {
  const role = { user: 'r', host: '%', isRole: true, create: 'CREATE USER `r`@`%`', grants: [], roles: [] }
  expect(usersSql([role])).toBe('SET NAMES utf8mb4;\n')
  expect(setupSql(new Map(), [role, { ...role, host: '' }], { credentials: false })).toBe(
    "SET NAMES utf8mb4;\nCREATE ROLE IF NOT EXISTS 'r'@'%';\nCREATE ROLE IF NOT EXISTS 'r';\n",
  )
})
