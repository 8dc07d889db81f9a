import { expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { cutSamples, ranWhenCut } from './cut-script.ts'
import { posixShells } from './fixture.ts'
import { readScript } from './script-files.ts'

test('a script runs nothing in any shell, at whichever byte it was cut', async () => {
  const { whole } = cutSamples(await readScript('prologue'))
  const offsets = Array.from({ length: whole('').length - 1 }, (_, index) => index)
  const ran = await Promise.all(posixShells.map((shell) => ranWhenCut(shell, whole, offsets)))
  recordFigure('script-cuts', { cuts: offsets.length * posixShells.length, executed: ran.flat().length })
  expect(ran.flat()).toEqual([])
}, 900_000)
