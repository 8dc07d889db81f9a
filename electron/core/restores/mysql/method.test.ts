import { expect, test } from 'vitest'
import { parseVersion } from './flavour.ts'
import { importMethod } from './method.ts'

test.each([
  ['10.11.19-MariaDB-0+deb12u1', 'root', 0, 'swap', 'exchanged in one statement'],
  ['10.6.2-MariaDB', 'root', 0, 'swap', 'exchanged in one statement'],
  ['5.5.5-10.6.1-MariaDB', 'root', 0, 'in-place', 'Only MariaDB 10.6.2'],
  ['10.5.29-MariaDB', 'root', 0, 'in-place', 'Only MariaDB 10.6.2'],
  ['10.3.39-MariaDB', 'root', 0, 'in-place', 'Only MariaDB 10.6.2'],
  ['10.11.19-MariaDB', 'root', 1, 'in-place', 'would follow the old tables'],
  ['11.4.2-MariaDB', 'own', 0, 'in-place', 'Only root'],
] as const)('on %s by %s with %d foreign keys: %s', (text, login, keys, method, why) => {
  const server = parseVersion(text)
  expect(server && importMethod({ ...server, login, keys })).toEqual({
    method,
    why: expect.stringContaining(why) as string,
  })
})
