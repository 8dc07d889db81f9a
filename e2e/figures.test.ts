import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { figuresVariable, readFigures, recordFigure } from './figures.ts'

describe('figures', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'figures-'))
    return () => rmSync(folder, { recursive: true })
  })
  afterEach(() => vi.unstubAllEnvs())

  it('are kept by name, the latest of each, while a campaign runs', () => {
    const file = join(folder, 'figures')
    vi.stubEnv(figuresVariable, file)
    recordFigure('flips', { runs: 10, caught: 9 })
    recordFigure('cuts', { runs: 3 })
    recordFigure('flips', { runs: 1000, caught: 1000 })
    expect(readFigures(file)).toEqual({ flips: { runs: 1000, caught: 1000 }, cuts: { runs: 3 } })
  })

  it('go nowhere in an ordinary run', () => {
    vi.stubEnv(figuresVariable, undefined)
    expect(() => recordFigure('flips', { runs: 10 })).not.toThrow()
  })
})
