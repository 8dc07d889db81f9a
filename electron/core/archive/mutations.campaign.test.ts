import { expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture } from './fixture.ts'
import { damaged, mutations } from './mutation.ts'
import { noise, text } from './test-archive.ts'
import { verifyArchive } from './verify.ts'

const amount = Number(process.env['HOLDFAST_MUTATIONS'] ?? 1000)
const seed = process.env['HOLDFAST_SEED'] ?? 'campaign'
const { signal } = new AbortController()

const fixture = buildFixture(
  [
    ...accountEntries,
    ...Array.from({ length: 60 }, (_, n) => ({ path: `files/text/${n}.txt`, content: text(1 + n * 700, n) })),
    ...Array.from({ length: 20 }, (_, n) => ({
      path: `files/media/${n}.jpg`,
      content: noise(1 + n * 3000, n),
    })),
  ],
  { cut: 32_768 },
)

test('every flipped byte and every cut is found, in an archive, its index and its manifest', async () => {
  const missed: string[] = []
  const counts = { flips: 0, cuts: 0, manifestsRefused: 0 }
  for (const mutation of mutations(fixture, { flips: amount, cuts: amount, seed })) {
    counts[mutation.kind === 'flip' ? 'flips' : 'cuts'] += 1
    const { name, level, archive, index, outer } = damaged(fixture, mutation)
    if (outer === null) {
      counts.manifestsRefused += 1
      continue
    }
    const report = await verifyArchive({
      level,
      source: bufferSource(archive),
      index: bufferSource(index),
      manifest: outer,
      signal,
    })
    if (report.verdict !== 'damaged') missed.push(name)
  }
  recordFigure('mutations', { ...counts, missed: missed.length })
  expect(missed).toEqual([])
})

test('a lone archive file hides no flipped byte and no cut either', async () => {
  const missed: string[] = []
  let runs = 0
  for (const mutation of mutations(fixture, { flips: amount, cuts: amount, seed: `${seed} alone` })) {
    if (mutation.file !== 'archive') continue
    const { name, level, archive } = damaged(fixture, mutation)
    const options = { source: bufferSource(archive), index: null, manifest: null, signal }
    runs += 1
    if ((await verifyArchive({ ...options, level })).verdict === 'good') missed.push(name)
  }
  recordFigure('mutations of a lone file', { runs, missed: missed.length })
  expect(missed).toEqual([])
})
