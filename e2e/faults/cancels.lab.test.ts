import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { LabProduct } from './lab-product.ts'

let lab: LabProduct
beforeAll(async () => {
  lab = await LabProduct.start(
    { without: ['postgres', 'dovecot', 'cron'] },
    `useradd -m amy; head -c 40M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise
     mariadb -e 'CREATE DATABASE amy_shop; CREATE TABLE amy_shop.t (id INT)'
     cp /usr/bin/mariadb-dump /usr/bin/mariadb-dump.real; rm /usr/bin/mariadb-dump
     printf '#!/bin/sh\\ncase "$*" in *amy_shop*) sleep 4242 ;; esac\\nexec /usr/bin/mariadb-dump.real "$@"\\n' >/usr/bin/mariadb-dump
     chmod 755 /usr/bin/mariadb-dump`,
  )
})
beforeEach(() => lab.host.slow('off'))
afterAll(() => lab[Symbol.asyncDispose]())

/** Cancels a backup by Ctrl-C when its events match, at the latest moment that is still in that phase. */
async function cancelled(event: RegExp, ...args: readonly string[]): Promise<number> {
  const running = await lab.backupUntil(event, 'lab/amy', ...args)
  if (!event.source.includes('Verifying')) await sleep(300)
  const began = performance.now()
  running.child.kill('SIGINT')
  const { code, stdout } = await running.ended
  const took = performance.now() - began
  expect([code, stdout]).toEqual([130, expect.stringContaining('"state":"cancelled"')])
  return took
}

test.each([
  ['connecting', /"connecting"/, 'full', 'link down'],
  ['files are read', /Reading files/, 'files', '20mbit'],
  ['a database is dumped', /Reading mysql amy_shop/, 'databases', 'off'],
  ['the copy is verified', /Verifying the copy/, 'files', 'off'],
] as const)(
  'a backup that is cancelled while %s ends within five seconds, and nothing is left',
  async (...row) => {
    const [, event, scope, line] = row
    if (line === 'link down') await lab.host.link('down')
    else await lab.host.slow(line)
    try {
      expect(await cancelled(event, '--scope', scope)).toBeLessThan(5000)
    } finally {
      await lab.host.link('up')
    }
    expect(await lab.stored('amy')).toEqual([])
    expect(await lab.leftovers()).toEqual([])
    expect((await lab.host.exec('pgrep -f "[s]leep 4242"; true')).stdout).toBe('')
  },
)
