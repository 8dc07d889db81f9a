import { expect, test } from 'vitest'
import { diffOf } from './show-diff.ts'

const path = '/etc/nginx/sites-available/a.conf'
const diff = (there: string, archived: string, at = path) =>
  diffOf(at, { there: Buffer.from(there), archived: Buffer.from(archived) })

test('a diff leads from the target to the backup, and has no secrets and no end', () => {
  expect(diff('a\nb\nc\n', 'a\nB\nc\n')).toBe(
    '--- at the target\n+++ in the backup\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c',
  )
  const lines = (text: string) => Array.from({ length: 500 }, (_, n) => `${text} ${n}`).join('\n')
  const long = diff(lines('x'), lines('y'))
  expect(typeof long === 'string' && long.split('\n').length).toBe(81)
})

test.each([
  'env[DB_PASSWORD] = hunter2',
  'fastcgi_param APP_SECRET hunter2;',
  'env[DB_PASS] = hunter2',
  'php_admin_value[x.api_key] = hunter2',
])('%s is shown without its value', (line) => {
  const shown = diff('a\n', `a\n${line}\n`)
  expect(shown).toContain('[secret]')
  expect(shown).not.toContain('hunter2')
  expect(diff(`${line}\n`, `${line}3\n`)).toEqual({ why: 'only values that are not shown differ' })
})

test('names of sockets are no secrets; keys and other folders are never shown', () => {
  expect(diff('', 'fastcgi_pass unix:/run/php/a.sock;\n')).toContain('+fastcgi_pass unix:/run/php/a.sock;')
  expect(diff('', '-----BEGIN EC PRIVATE KEY-----\n')).toEqual({
    why: expect.stringContaining('private key'),
  })
  for (const other of ['/etc/shadow', '/etc/ssl/a.pem', '/etc/sudoers.d/a']) {
    expect(diff('a', 'b', other)).toEqual({ why: 'its content is not shown' })
  }
})
