import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LabProduct } from '../faults/lab-product.ts'

let product: LabProduct

async function stored(): Promise<string> {
  return readFile(join(product.holdfast.folder, 'data', 'sources.json'), 'utf8').catch(() => '')
}

beforeAll(async () => {
  product = await LabProduct.start(
    { layer: 'seeded', without: ['cron', 'dovecot', 'mariadb', 'postgres'] },
    '',
  )
})

afterAll(() => product[Symbol.asyncDispose]())

test('what is said of a source is stored only where the server has it, and without a network where it was seen', async () => {
  const { holdfast } = product
  const set = (source: string) => holdfast.run(['source', 'set', source, '--exclude', '*.log'])

  const typo = await set('lab/alcie')
  expect([typo.code, typo.stdout, await stored()]).toEqual([4, '', ''])
  expect(typo.stderr).toMatch(/^holdfast: lab has no source called alcie\. Nothing was stored; .+\n$/)

  expect((await set('lab/alice')).code).toBe(0)
  expect(await stored()).toContain('*.log')

  const before = await stored()
  await holdfast.json(['server', 'edit', 'lab', '--port', '1'])
  const [offline, known] = [await set('lab/alcie'), await set('lab/erin')]
  expect([offline.code, known.code]).toEqual([10, 0])
  expect(offline.stderr).toMatch(/^holdfast: .+ nothing was read or changed\. .+\n$/)
  expect(before).not.toContain('/erin')
  expect(await stored()).not.toContain('alcie')
})
