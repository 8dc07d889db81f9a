import { afterAll, beforeAll, expect, test } from 'vitest'
import { FilesLab, named } from '../../../e2e/lab/files-lab.ts'

let lab: FilesLab
beforeAll(async () => {
  lab = await FilesLab.start()
})
afterAll(() => lab[Symbol.asyncDispose]())

test('a hundred thousand files come along', async () => {
  const source = await lab.account(
    `perl -e 'for my $d (1..100) { mkdir "d$d"; for my $f (1..1000) { open my $o, ">", "d$d/$f"; print $o "$d $f" } }'`,
  )
  const got = await lab.collect(source)
  expect(named(got)).toEqual([])
  expect(got.components[0]).toMatchObject({ items: 100_000 + 100 + 1, status: 'ok' })
  await lab.open(got)
  expect(await lab.output('cd /var/tmp/opened/files; find . -type f | wc -l; cat d100/1000')).toBe(
    '100000\n100 1000',
  )
})

test('a tree comes along that is deeper than a path may be long; tar lists what it cannot make', async () => {
  const source = await lab.account(
    `perl -e 'my $n = "n" x 255; for (1..200) { mkdir $n; chdir $n } open my $o, ">", $n; print $o "bottom"'`,
  )
  const got = await lab.collect(source)
  expect(named(got)).toEqual([])
  expect(got.components[0]?.items).toBe(202)
  const listed = await lab.host.exec('tar -tzf - files | wc -L', { input: got.archive })
  expect(Number(listed.stdout)).toBe('files'.length + 201 * 256)
})

test('ten thousand files that only root may read come along', async () => {
  const source = await lab.account(
    ':',
    `perl -e 'for my $d (1..20) { mkdir "d$d"; for my $f (1..500) { open my $o, ">", "d$d/$f"; print $o "$d $f"; chmod 0600, "d$d/$f"; chown 33, 33, "d$d/$f" } }'`,
  )
  const got = await lab.collect(source)
  expect(named(got)).toEqual([])
  expect(got.components[0]?.detail['secondPass']).toMatchObject({ items: 10_000 })
})
