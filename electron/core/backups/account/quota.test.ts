import { expect, test } from 'vitest'
import { parseQuota } from './quota.ts'

test('quotas of each file system are read, also where one is exceeded', () => {
  const text = `Disk quotas for user alice (uid 1000): 
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
      /dev/sda1    1500*   1000    2000 1775689200      10       0       0       0
/dev/mapper/vg-a very long name-home   20    0       0       0       1*      1      20 1775689200
`
  expect(parseQuota(text)).toEqual([
    {
      ...{ fileSystem: '/dev/sda1', usedKiB: 1500, softKiB: 1000, hardKiB: 2000 },
      ...{ files: 10, softFiles: 0, hardFiles: 0 },
    },
    {
      ...{ fileSystem: '/dev/mapper/vg-a very long name-home', usedKiB: 20, softKiB: 0, hardKiB: 0 },
      ...{ files: 1, softFiles: 1, hardFiles: 20 },
    },
  ])
})

test.each(['', 'Disk quotas for user alice (uid 1000): none\n', 'quota: error 1 2 3 4 5 6 7\n'])(
  '%j is no quota',
  (text) => {
    expect(parseQuota(text)).toBeNull()
  },
)
