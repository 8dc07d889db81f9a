import { expect, test } from 'vitest'
import { backUpTwice } from './two-computers.ts'

test(
  'two computers that back up one account to one folder at once both succeed, under names of their own',
  { tags: ['thorough'] },
  async () => {
    expect(await backUpTwice(2)).toEqual({ rounds: 2, succeeded: 4, distinct: 4, verified: 4 })
  },
)
