import { expect, it } from 'vitest'
import { ssh2AddonInUse } from './addon.ts'

it('tells whether ssh2 found its native addon', () => {
  expect(ssh2AddonInUse()).toBe(process.env['HOLDFAST_WITHOUT_ADDON'] === undefined)
})
