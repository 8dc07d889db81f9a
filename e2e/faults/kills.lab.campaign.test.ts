import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { killAt } from './kill-at.ts'
import { LabProduct } from './lab-product.ts'

const megabytes = 20

test('20 backups that are killed at random bytes leave the truth, the backup before them, and nothing else', async () => {
  await using lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    `useradd -m amy; head -c ${megabytes}M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise`,
  )
  expect((await lab.holdfast.run(['backup', 'lab/amy'])).code).toBe(0)
  const before = await lab.stored('amy')
  await lab.host.slow('80mbit')
  const figures = { kills: 0, toldAsInterrupted: 0, leftBehind: 0, verifiedAfterwards: 0 }
  for (let run = 0; run < 20; run += 1) {
    const size = Math.floor(Math.random() * (megabytes - 1) * 1e6)
    await killAt(lab, 'amy', { name: /_\d+\.partial$/, size })
    figures.kills += 1
    if ((await lab.newestJob())?.error?.code === 'interrupted') figures.toldAsInterrupted += 1
    figures.leftBehind += (await lab.stored('amy')).length - before.length
    if ((await lab.holdfast.run(['verify', 'lab/amy@latest'])).code === 0) figures.verifiedAfterwards += 1
  }
  recordFigure('kills of a streaming backup', figures)
  expect(figures).toEqual({ kills: 20, toldAsInterrupted: 20, leftBehind: 0, verifiedAfterwards: 20 })
  expect(await lab.leftovers()).toEqual([])
})
