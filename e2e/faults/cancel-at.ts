import { setTimeout as sleep } from 'node:timers/promises'
import { LabProduct } from './lab-product.ts'

/** A phase of a backup that can be cancelled: how to reach it, and how to tell that it has begun. */
export interface Phase {
  readonly name: string
  readonly begun: RegExp
  readonly scope: 'full' | 'files' | 'databases'
  /** What the line is meanwhile: its rate, or that it is cut. */
  readonly line: string
}

export const phases: readonly Phase[] = [
  { name: 'connecting', begun: /"connecting"/, scope: 'full', line: 'cut' },
  { name: 'files are read', begun: /Reading files/, scope: 'files', line: '20mbit' },
  { name: 'a database is dumped', begun: /Reading mysql amy_shop/, scope: 'databases', line: 'off' },
  { name: 'the copy is verified', begun: /Verifying the copy/, scope: 'files', line: 'off' },
]

/** A server whose account `amy` has 40 MB and a database whose dump never ends. */
export function startCancellable(): Promise<LabProduct> {
  return LabProduct.start(
    { without: ['postgres', 'dovecot', 'cron'] },
    `useradd -m amy; head -c 40M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise
     mariadb -e 'CREATE DATABASE amy_shop; CREATE TABLE amy_shop.t (id INT)'
     cp /usr/bin/mariadb-dump /usr/bin/mariadb-dump.real; rm /usr/bin/mariadb-dump
     printf '#!/bin/sh\\ncase "$*" in *amy_shop*) sleep 4242 ;; esac\\nexec /usr/bin/mariadb-dump.real "$@"\\n' >/usr/bin/mariadb-dump
     chmod 755 /usr/bin/mariadb-dump`,
  )
}

/** How a cancelled backup ended. */
export interface Cancelled {
  readonly code: number | null
  readonly saysSo: boolean
  /** From Ctrl-C to the end of the program. */
  readonly seconds: number
  /** Files of it on this computer, and processes and folders on the server. */
  readonly left: readonly string[]
}

/** Cancels a backup of amy by Ctrl-C, so long after a phase has begun. */
export async function cancelIn(
  lab: LabProduct,
  { begun, scope, line }: Phase,
  { afterMs }: { readonly afterMs: number },
): Promise<Cancelled> {
  if (line === 'cut') await lab.host.link('down')
  else await lab.host.slow(line)
  try {
    const running = await lab.backupUntil(begun, 'lab/amy', '--scope', scope)
    if (afterMs > 0) await sleep(afterMs)
    const began = performance.now()
    running.child.kill('SIGINT')
    const { code, stdout } = await running.ended
    const seconds = (performance.now() - began) / 1000
    await lab.host.link('up')
    const dumps = (await lab.host.exec('pgrep -f "[s]leep 4242"; true')).stdout.split('\n').filter(Boolean)
    const left = [...(await lab.stored('amy')), ...(await lab.leftovers()), ...dumps]
    return { code, saysSo: stdout.includes('"state":"cancelled"'), seconds, left }
  } finally {
    await lab.host.link('up')
    await lab.host.slow('off')
  }
}
