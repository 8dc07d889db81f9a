import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LabProduct, type ListedBackup } from './lab-product.ts'

let lab: LabProduct
let older: ListedBackup
let newer: ListedBackup

beforeAll(async () => {
  lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    'useradd -m amy; head -c 300K /dev/urandom >/home/amy/noise; seq 99999 >/home/amy/text; chown -R amy: /home/amy',
  )
  for (let run = 0; run < 2; run += 1) expect((await lab.holdfast.run(['backup', 'lab/amy'])).code).toBe(0)
  const backups = await lab.backups()
  older = backups.find((backup) => !archiveOf(backup).endsWith('_2.tar.gz'))!
  newer = backups.find((backup) => archiveOf(backup).endsWith('_2.tar.gz'))!
})
afterAll(() => lab[Symbol.asyncDispose]())

const archiveOf = (backup: ListedBackup) => backup.copies[0]!.path
const filesOf = (backup: ListedBackup) =>
  ['.tar.gz', '.index.gz', '.manifest.json'].map((end) => archiveOf(backup).replace(/\.tar\.gz$/, end)) as [
    archive: string,
    index: string,
    manifest: string,
  ]
const verify = ({ id }: ListedBackup) => lab.holdfast.run(['--json', 'verify', id, '--level', 'read'])

test('a bit that flipped anywhere in a stored backup is found by reading it back', async () => {
  const [archive, index] = filesOf(newer)
  for (const file of [archive, index]) {
    const bytes = await readFile(file)
    const changed = Buffer.from(bytes)
    const at = Math.floor(Math.random() * bytes.length)
    changed[at]! ^= 1 << Math.floor(Math.random() * 8)
    await writeFile(file, changed)
    expect([file, at, (await verify(newer)).code]).toEqual([file, at, 14])
    await writeFile(file, bytes)
  }
  expect((await verify(newer)).code).toBe(0)
})

test('an archive beside the manifest of another backup of the same account is not taken for that one', async () => {
  await copyFile(filesOf(older)[2], filesOf(newer)[2])
  for (const file of filesOf(older)) await rm(file)
  await lab.holdfast.run(['catalog', 'rebuild'])
  expect((await verify(older)).code).toBe(14)
})
