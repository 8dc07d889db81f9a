import { expect, test } from 'vitest'
import type { RestoreStep } from '../../../shared/model/restore-plan.ts'
import { AppError } from '../../../shared/errors.ts'
import { inLanes, laneOf, sideBySide } from './lanes.ts'

const step = (id: string, kind: RestoreStep['kind'], method?: string) => ({ id, kind, method }) as RestoreStep
const steps = [
  step('1', 'create-account'),
  step('2', 'put-tree'),
  step('3', 'database-server'),
  step('4', 'import-database', 'swap'),
  step('5', 'put-tree'),
  step('6', 'import-database', 'in-place'),
  step('7', 'install-crontab'),
]
const ids = (lanes: readonly (readonly RestoreStep[])[]) => lanes.map((lane) => lane.map(({ id }) => id))

test('files go beside databases that are swapped; all else waits its turn', () => {
  expect(inLanes(steps, laneOf).map(ids)).toEqual([
    [['1']],
    [
      ['2', '5'],
      ['3', '4'],
    ],
    [['6']],
    [['7']],
  ])
})

test('lanes are worked through at the same time, each in its order', async () => {
  const said: string[] = []
  const meet = Promise.withResolvers<undefined>()
  await sideBySide([[steps[1]!, steps[4]!], [steps[3]!]], async ({ id }) => {
    said.push(`${id} begins`)
    if (id === '4') meet.resolve(undefined)
    await meet.promise
    said.push(`${id} ends`)
  })
  expect(said.slice(0, 2)).toEqual(['2 begins', '4 begins'])
  expect(said.indexOf('5 begins')).toBeGreaterThan(said.indexOf('2 ends'))
  expect(said).toHaveLength(6)
})

test('where one fails the others end, and the first error comes when all have', async () => {
  const said: string[] = []
  const failing = sideBySide([[steps[1]!, steps[4]!], [steps[3]!]], async ({ id }, signal) => {
    if (id === '4') throw new AppError('corrupt', 'damaged')
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve)
    })
    said.push(`${id} stopped`)
    throw new AppError('cancelled', 'stopped')
  })
  await expect(failing).rejects.toMatchObject({ code: 'corrupt' })
  expect(said).toEqual(['2 stopped'])
})
