import { expect, test } from 'vitest'
import { ProgressMeter } from './progress-meter.ts'

const counts = (bytes: number, items = 0) => ({ phase: 'files', bytes, items, current: null })

test('a total that the counts have passed is no total any more', () => {
  const meter = new ProgressMeter()
  meter.expect({ bytes: 100, items: 2, approximate: true })
  expect(meter.report(counts(100, 2), 0)).toMatchObject({ totalBytes: 100, totalItems: 2, approximate: true })
  expect(meter.report(counts(101, 2), 1000)).toMatchObject({
    ...{ totalBytes: null, totalItems: 2, secondsLeft: null, rate: 1 },
  })
})

test('totals are not approximate unless that is said, and each phase may have its own', () => {
  const meter = new ProgressMeter()
  expect(meter.report(counts(1), 0)).toMatchObject({ totalBytes: null, approximate: false })
  meter.expect({ bytes: 10, items: null })
  expect(meter.report(counts(5), 1000)).toMatchObject({ totalBytes: 10, secondsLeft: 1, approximate: false })
})
