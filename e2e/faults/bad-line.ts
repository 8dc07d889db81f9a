import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../cli/holdfast.ts'
import { LabProduct } from './lab-product.ts'
import { archiveFiles } from './archive-files.ts'

/** A server whose account `amy` has so many megabytes that do not compress, at the end of a line of that rate. */
export async function startFar(megabytes: number, rate: string): Promise<LabProduct> {
  const lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    `useradd -m amy; head -c ${megabytes}M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise`,
  )
  await lab.host.slow(rate)
  return lab
}

/** Starts a backup of amy and resolves when some of her bytes are here. */
export function streaming(lab: LabProduct): Promise<Running> {
  return lab.backupUntil(/"phase":"files home","bytes":[1-9]\d{4}/, 'lab/amy')
}

/** How progress went while something was done. */
export interface Flow {
  readonly bytes: number
  /** Times that more bytes were told of than before. */
  readonly reports: number
  /** The longest time in which no more bytes were told of, in seconds. */
  readonly longestPauseSeconds: number
}

/** What the JSON events of a backup tell while `act` runs. */
export async function flowDuring(running: Running, act: () => Promise<unknown>): Promise<Flow> {
  const told: { readonly at: number; readonly bytes: number }[] = []
  const listen = (chunk: Buffer) => {
    for (const [, digits] of chunk.toString().matchAll(/"phase":"files home","bytes":(\d+)/g)) {
      const bytes = Number(digits)
      if (bytes > (told.at(-1)?.bytes ?? 0)) told.push({ at: performance.now(), bytes })
    }
  }
  running.child.stdout.on('data', listen)
  const began = performance.now()
  await act()
  const ended = performance.now()
  running.child.stdout.off('data', listen)
  const times = [began, ...told.map(({ at }) => at), ended]
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? at))
  return {
    bytes: (told.at(-1)?.bytes ?? 0) - (told[0]?.bytes ?? 0),
    reports: told.length,
    longestPauseSeconds: Math.round(Math.max(...pauses)) / 1000,
  }
}

/** The line of a streaming backup breaks for so long. Returns how it went from the break to the backup's end. */
export async function throughBreak(lab: LabProduct, seconds: number): Promise<Flow> {
  const running = await streaming(lab)
  return flowDuring(running, async () => {
    await lab.host.link('down')
    await sleep(seconds * 1000)
    await lab.host.link('up')
    await mustBeGood(lab, running)
  })
}

/** The line of a streaming backup is one of 64 kbit/s for so long. Returns how it went in that time. */
export async function throughSlowLine(lab: LabProduct, seconds: number): Promise<Flow> {
  const running = await streaming(lab)
  const flow = await flowDuring(running, async () => {
    await lab.host.slow('64kbit')
    await sleep(seconds * 1000)
  })
  await lab.host.slow('off')
  await mustBeGood(lab, running)
  return flow
}

/** Rejects unless the backup ends well and its archive has every byte of the noise once. */
async function mustBeGood(lab: LabProduct, running: Running): Promise<void> {
  const { code, stdout, stderr } = await running.ended
  if (code !== 0) throw new Error(`The backup ended with ${String(code)}: ${stdout.slice(-2000)}${stderr}`)
  const [newest] = await lab.backups()
  const noise = archiveFiles(newest!.copies[0]!.path).get('files/noise') ?? Buffer.alloc(0)
  const live = (await lab.host.exec('sha256sum </home/amy/noise')).stdout.slice(0, 64)
  if (createHash('sha256').update(noise).digest('hex') !== live) throw new Error('The noise is not the same.')
}
