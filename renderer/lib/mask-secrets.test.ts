import { expect, test } from 'vitest'
import { maskSecrets } from './mask-secrets.ts'

const dots = '•'.repeat(12)

test.each([
  ["define( 'DB_PASSWORD', 'o\\'k, really' );", `define( 'DB_PASSWORD', '${dots}' );`],
  ["define('AUTH_KEY', 'x y');", `define('AUTH_KEY', '${dots}');`],
  ['DB_PASSWORD=hunter2', `DB_PASSWORD=${dots}`],
  ['  api_key: "abc" # ours', `  api_key: "${dots}" # ours`],
  ["'secret' => 'abc',", `'secret' => '${dots}',`],
  ['DATABASE_URL=mysql://alice:hunter2@localhost/db', `DATABASE_URL=mysql://alice:${dots}@localhost/db`],
  ['b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz', dots],
  ["define( 'DB_NAME', 'alice_wp' );", "define( 'DB_NAME', 'alice_wp' );"],
  ['// Database settings: see the manual', '// Database settings: see the manual'],
])('%s', (line, masked) => {
  expect(maskSecrets(line)).toBe(masked)
})
