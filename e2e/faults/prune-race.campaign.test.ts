import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { racePruners } from './prune-race/race.ts'

test.each(['works', 'ignored'] as const)(
  '200 races of two processes on one bucket where a conditional write %s take away what the policy says',
  async (conditional) => {
    const figures = await racePruners(200, conditional)
    recordFigure(`races of two prunes where a conditional write ${conditional}`, { ...figures })
    expect(figures).toMatchObject({ races: 200, tooMuch: 0, tooLittle: 0 })
  },
)
