import { describe, expect, test } from 'vitest'
import { advise } from '../../shared/advice.ts'
import { Way } from '../../shared/model/advice.ts'
import { advisedError } from '../../electron/core/advised-error.ts'
import { toWire } from '../../shared/errors.ts'
import { errorWords, remedyWords } from './advice-words.ts'

/** One of each way. */
const ways = Way.options.map((option) =>
  Way.parse({
    way: option.shape.way.value,
    ...('kind' in option.shape ? { kind: 'db', from: 'old' } : {}),
    ...('items' in option.shape ? { items: ['files/a'] } : {}),
    ...('scope' in option.shape ? { scope: 'email' } : {}),
    ...('server' in option.shape ? { server: 'web1' } : {}),
    ...('account' in option.shape ? { account: 'alice' } : {}),
    ...('source' in option.shape ? { source: 'alice', address: 'a@b.example' } : {}),
    ...('job' in option.shape ? { job: 'a-job' } : {}),
  }),
)

describe('what to do', () => {
  test.each(ways)('$way is an option on the command line, and none in the window', (way) => {
    const said = advise`Do it ${way}.`
    expect(said.remedy).toMatch(/--[a-z]|holdfast /)
    expect(remedyWords(said)).not.toMatch(/--|holdfast /)
    expect(remedyWords(said)).toMatch(/^Do it .+\.$/)
  })

  test('an error says it in the window’s words after its way through a door', () => {
    const error = advisedError(
      'conflict',
      advise`It is taken. Name another ${{ way: 'rename', kind: 'db', from: 'a_wp' }}.`,
    )
    expect(error.message).toBe('It is taken. Name another with --map db:a_wp=NEW.')
    expect(errorWords(toWire(error))).toBe('It is taken. Name another under “Names on the target”.')
    expect(errorWords({ message: 'Plain.' })).toBe('Plain.')
  })

  test('a remedy that is the same everywhere stays as it is', () => {
    expect(remedyWords({ remedy: 'Make room.' })).toBe('Make room.')
    expect(remedyWords({ remedy: null })).toBeNull()
  })
})
