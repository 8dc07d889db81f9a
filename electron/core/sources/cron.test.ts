import { expect, test } from 'vitest'
import { cronLines } from './cron.ts'

const text = `# comment
SHELL=/bin/sh
  MAILTO = "x"
17 *\t* * *\troot\tcd / && run-parts /etc/cron.hourly
@daily alice /home/alice/bin/x --y=1
*/5 1-3 * jan mon bob  env A=b c
broken line
`

test('jobs are told from settings and comments, with the user where there is one', () => {
  expect(cronLines(text, { withUser: true })).toEqual([
    { user: 'root', command: 'cd / && run-parts /etc/cron.hourly' },
    { user: 'alice', command: '/home/alice/bin/x --y=1' },
    { user: 'bob', command: 'env A=b c' },
  ])
  expect(cronLines('@reboot /x\n1 2 3 4 5 a b', { withUser: false })).toEqual([
    { user: null, command: '/x' },
    { user: null, command: 'a b' },
  ])
})
