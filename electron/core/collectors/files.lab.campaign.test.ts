import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordFigure } from '../../../e2e/figures.ts'
import { FilesLab, named } from '../../../e2e/lab/files-lab.ts'
import type { AccountSource } from '../../../shared/model/source.ts'

let lab: FilesLab
beforeAll(async () => {
  lab = await FilesLab.start()
})
afterAll(() => lab[Symbol.asyncDispose]())

/** Collects, and records how it went: items, the archive's bytes, seconds, and warnings, of which there must be none. */
async function collect(name: string, source: AccountSource) {
  const began = performance.now()
  const got = await lab.collect(source)
  const seconds = Math.round((performance.now() - began) / 100) / 10
  const { items = 0 } = got.components[0] ?? {}
  recordFigure(name, { items, archiveBytes: got.archive.length, seconds, warnings: got.warnings.length })
  expect(named(got)).toEqual([])
  return got
}

test('a hundred thousand files come along', async () => {
  const source = await lab.account(
    `perl -e 'for my $d (1..100) { mkdir "d$d"; for my $f (1..1000) { open my $o, ">", "d$d/$f"; print $o "$d $f" } }'`,
  )
  const got = await collect('100,000 files in 100 folders', source)
  expect(got.components[0]).toMatchObject({ items: 100_000 + 100 + 1, status: 'ok' })
  await lab.open(got)
  expect(await lab.output('cd /var/tmp/opened/files; find . -type f | wc -l; cat d100/1000')).toBe(
    '100000\n100 1000',
  )
})

test('a hundred thousand files in one folder come along', async () => {
  const source = await lab.account(`perl -e 'for my $f (1..100000) { open my $o, ">", $f; print $o $f }'`)
  const got = await collect('100,000 files in one folder', source)
  expect(got.components[0]?.items).toBe(100_000 + 1)
  await lab.open(got)
  expect(await lab.output('cd /var/tmp/opened/files; find . -type f | wc -l; cat 99999')).toBe(
    '100000\n99999',
  )
})

test('a tree comes along that is deeper than a path may be long; tar lists what it cannot make', async () => {
  const source = await lab.account(
    `perl -e 'my $n = "n" x 255; for (1..200) { mkdir $n; chdir $n } open my $o, ">", $n; print $o "bottom"'`,
  )
  const got = await collect('200 folders deep, each name of 255 bytes', source)
  expect(got.components[0]?.items).toBe(202)
  const listed = await lab.host.exec('tar -tzf - files | wc -L', { input: got.archive })
  expect(Number(listed.stdout)).toBe('files'.length + 201 * 256)
})

test('ten thousand files that only root may read come along', async () => {
  const source = await lab.account(
    ':',
    `perl -e 'for my $d (1..20) { mkdir "d$d"; for my $f (1..500) { open my $o, ">", "d$d/$f"; print $o "$d $f"; chmod 0600, "d$d/$f"; chown 33, 33, "d$d/$f" } }'`,
  )
  const got = await collect('10,000 files that only root may read', source)
  expect(got.components[0]?.detail['secondPass']).toMatchObject({ items: 10_000 })
})
