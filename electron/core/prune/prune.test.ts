import { describe, expect, test } from 'vitest'
import { hasCode } from '../../../shared/errors.ts'
import { keysOf, writeState, emptyState } from '../backups/stored-backup.ts'
import { takeLease } from './lease.ts'
import { keepLast, killedAt, TestPlace } from './test-place.ts'

const { signal } = new AbortController()

async function placeWith(days: number): Promise<TestPlace> {
  const place = new TestPlace()
  for (let n = days - 1; n >= 0; n -= 1) await place.store(n)
  return place
}

describe('pruning', () => {
  test('says what goes, and removes it a week later, with everything but its state', async () => {
    const place = await placeWith(4)
    const plan = await place.prune(keepLast(3))
    expect(plan.series[0]?.steps.map(({ step }) => step)).toEqual(['keep', 'keep', 'keep', 'announce'])
    place.later(6)
    await place.prune(keepLast(3))
    expect(place.dates().length).toBe(4)
    place.later(1)
    await place.prune(keepLast(3))
    expect(place.dates()).toEqual(['2026-04-08', '2026-04-07', '2026-04-06'])
    expect([...place.place.keys()].filter((key) => key.includes('2026-04-05'))).toEqual([
      'lab-00000000/accounts/alice/alice_2026-04-05.state.json',
    ])
  })

  test('a pin in that week keeps it', async () => {
    const place = await placeWith(4)
    await place.prune(keepLast(3))
    const stem = 'lab-00000000/accounts/alice/alice_2026-04-05'
    const tombstone = { at: place.now.toISOString() }
    await writeState(place.open(), stem, { ...emptyState, pinned: true, tombstone }, { signal })
    place.later(8)
    await place.prune(keepLast(3))
    expect(place.dates().length).toBe(4)
  })

  test('nothing goes after a failed run, and nothing by a clock that is behind', async () => {
    const place = await placeWith(4)
    place.lastRun = 'not-good'
    expect((await place.prune(keepLast(3))).series[0]?.hindrance).toContain('not complete')
    place.lastRun = 'good'
    place.later(-400)
    expect((await place.prune(keepLast(3))).series[0]?.hindrance).toContain('clock')
    expect([...place.place.keys()].filter((key) => key.endsWith('state.json'))).toEqual([])
  })

  test('on-demand backups and those of others neither count nor go', async () => {
    const place = await placeWith(3)
    await place.store(10, { trigger: 'on-demand', schedule: null })
    await place.store(11, { schedule: { id: 'other', name: 'other', retention: null } })
    const [series] = (await place.prune(keepLast(2))).series
    expect(series?.steps.map(({ step }) => step)).toEqual(['keep', 'keep', 'announce'])
  })

  test('a manifest that cannot be read stops it for the source', async () => {
    const place = await placeWith(4)
    const { manifest } = keysOf('lab-00000000/accounts/alice/alice_2026-04-07')
    await place.open().put(manifest, Buffer.from('{'), { signal, replace: true })
    expect((await place.prune(keepLast(1))).series[0]?.hindrance).toContain('read completely')
  })

  test('much at once waits for a person, whose word is for this and nothing else', async () => {
    const place = await placeWith(20)
    const asked = await place.prune(keepLast(3))
    expect([asked.confirm?.length, place.place.size]).toEqual([12, 60])
    await place.prune(keepLast(3), { confirmed: 'another' })
    expect(place.place.size).toBe(60)
    await place.prune(keepLast(3), { confirmed: asked.confirm })
    expect(place.place.size).toBe(77)
  })

  test('killed before any write or removal, the next run removes the rest, and only that', async () => {
    for (let number = 0; ; number += 1) {
      const place = await placeWith(4)
      await place.prune(keepLast(3))
      place.later(7)
      const killed = await place.prune(keepLast(3), { destination: killedAt(place.open(), number) }).then(
        () => false,
        () => true,
      )
      expect(place.dates().slice(0, 3)).toEqual(['2026-04-08', '2026-04-07', '2026-04-06'])
      place.later(1)
      await place.prune(keepLast(3))
      expect(place.dates()).toEqual(['2026-04-08', '2026-04-07', '2026-04-06'])
      expect([...place.place.keys()].filter((key) => key.includes('2026-04-05')).length).toBe(1)
      if (!killed) break
      expect(number).toBeLessThan(20)
    }
  })
})

describe('the lease', () => {
  test('two at once: one at most prunes, and what goes is what the policy says', async () => {
    for (let round = 0; round < 20; round += 1) {
      const place = await placeWith(4)
      const runs = await Promise.allSettled([place.prune(keepLast(3)), place.prune(keepLast(3))])
      const refused = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []))
      expect(refused.every((error) => hasCode(error, 'busy'))).toBe(true)
      expect(refused.length).toBeGreaterThan(0)
      await place.prune(keepLast(3))
      expect([...place.place.keys()].filter((key) => key.endsWith('state.json')).length).toBe(1)
    }
  })

  const minutes = (count: number) => count / (24 * 60)

  test('one that nobody renews is taken over after half an hour, and its old holder removes nothing more', async () => {
    const place = await placeWith(1)
    const options = { clock: place.clock, signal }
    const lost = await takeLease(place.open(), options)
    await lost.check()
    place.later(minutes(29))
    await expect(takeLease(place.open(), options)).rejects.toMatchObject({ code: 'busy' })
    place.later(minutes(2))
    await expect(lost.check()).rejects.toMatchObject({ code: 'busy' })
    await using taken = await takeLease(place.open(), options)
    await taken.check()
    await expect(lost.check()).rejects.toMatchObject({ code: 'busy' })
  })

  test.each([-2, 2])(
    'its age is told by the clock there, not by a laptop’s that is %d days off',
    async (days) => {
      const place = await placeWith(1)
      const wrong = {
        now: () => new Date(place.now.getTime() + days * 86_400_000),
        monotonic: () => place.now.getTime(),
      }
      const holder = await takeLease(place.open(), { clock: place.clock, signal })
      await expect(takeLease(place.open(), { clock: wrong, signal })).rejects.toMatchObject({ code: 'busy' })
      await holder.check()
      place.later(minutes(31))
      await using taken = await takeLease(place.open(), { clock: wrong, signal })
      await taken.check()
      expect([...place.place.keys()].filter((key) => key.startsWith('prune-lease/')).length).toBe(1)
    },
  )

  test('a holder renews it for as long as it works', async () => {
    const place = await placeWith(1)
    const options = { clock: place.clock, signal }
    await using holder = await takeLease(place.open(), options)
    for (let worked = 0; worked < 120; worked += 6) {
      place.later(minutes(6))
      await holder.check()
    }
    await expect(takeLease(place.open(), options)).rejects.toMatchObject({ code: 'busy' })
  })

  test('a holder that slept through its term stops, however its clock is set when it wakes', async () => {
    const place = await placeWith(1)
    let [wall, monotonic] = [place.now.getTime(), 0]
    const clock = { now: () => new Date(wall), monotonic: () => monotonic }
    const asleep = await takeLease(place.open(), { clock, signal })
    wall += 40 * 60_000
    await expect(asleep.check()).rejects.toMatchObject({ code: 'busy' })
    const setBack = await takeLease(openElsewhere(), { clock, signal })
    monotonic += 31 * 60_000
    await expect(setBack.check()).rejects.toMatchObject({ code: 'busy' })
  })
})

const openElsewhere = () => new TestPlace().open()
