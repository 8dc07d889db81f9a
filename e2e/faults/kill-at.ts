import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../cli/holdfast.ts'
import { LabProduct } from './lab-product.ts'

/** Resolves when a file below the folder has a name that matches and at least that size. */
async function appeared(folder: string, name: RegExp, { size, running }: Wanted): Promise<void> {
  for (;;) {
    if (running.child.exitCode !== null) throw new Error('It ended before.')
    const names = await readdir(folder, { recursive: true }).catch(() => [])
    for (const found of names.filter((each) => name.test(each))) {
      const { size: now } = await stat(join(folder, found)).catch(() => ({ size: -1 }))
      if (now >= size) return
    }
    await sleep(5)
  }
}

interface Wanted {
  readonly size: number
  readonly running: Running
}

/** Kills a backup of the source, with SIGKILL, as soon as a file of it has that name and at least that size. */
export async function killAt(
  { holdfast }: LabProduct,
  source: string,
  { name, size }: { readonly name: RegExp; readonly size: number },
): Promise<void> {
  const running = holdfast.start(['--json', 'backup', `lab/${source}`])
  await appeared(holdfast.backups, name, { size, running })
  running.child.kill('SIGKILL')
  await running.ended
}

/** A server whose account `amy` has so many megabytes and one good backup, at the end of a line of that rate. */
export async function startKillable(megabytes: number, rate: string): Promise<LabProduct> {
  const lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    `useradd -m amy; head -c ${megabytes}M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise`,
  )
  const { code } = await lab.holdfast.run(['backup', 'lab/amy'])
  if (code !== 0) throw new Error(`The first backup ended with ${String(code)}.`)
  await lab.holdfast.run(['verify', 'lab/amy@latest'])
  await lab.host.slow(rate)
  return lab
}

/** What came of kills, each looked at by the next start. */
export interface Kills {
  readonly kills: number
  readonly toldAsInterrupted: number
  /** Files beside those of the good backup, counted after each kill. */
  readonly filesLeftBehind: number
  /** Times that the good backup was verified afterwards. */
  readonly verifiedAfterwards: number
}

/** Kills one backup of amy after the other, each when its archive has so many bytes. */
export async function killRepeatedly(lab: LabProduct, sizes: readonly number[]): Promise<Kills> {
  const before = await lab.stored('amy')
  const result = { kills: 0, toldAsInterrupted: 0, filesLeftBehind: 0, verifiedAfterwards: 0 }
  for (const size of sizes) {
    await killAt(lab, 'amy', { name: /_\d+\.partial$/, size })
    result.kills += 1
    if ((await lab.newestJob())?.error?.code === 'interrupted') result.toldAsInterrupted += 1
    result.filesLeftBehind += (await lab.stored('amy')).filter((name) => !before.includes(name)).length
    if ((await lab.holdfast.run(['verify', 'lab/amy@latest'])).code === 0) result.verifiedAfterwards += 1
  }
  return result
}
