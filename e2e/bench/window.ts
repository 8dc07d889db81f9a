import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { chromium, type Page } from '@playwright/test'
import { longestTask, noteLongTasks, timeUntil } from '../fixtures/in-page.ts'
import { writeFleet } from '../fixtures/fleet.ts'
import { writeLargeBackup } from '../fixtures/write-backups.ts'
import { median } from './cost.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { table, targetRows } from './print.ts'
import { atMost } from './targets.ts'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'electron/headless/cli.ts')
const entries = 500_000
/** Days of history in the invented fleet. */
const days = 30

interface Served extends AsyncDisposable {
  /** An address that signs one page in. */
  readonly address: string
}

/** `holdfast serve` over a data folder, from its start to its address. */
async function serve(folder: string): Promise<Served> {
  const child = spawn(process.execPath, ['--no-warnings', program, 'serve'], {
    env: {
      ...process.env,
      ...{ HOME: folder, HOLDFAST_DATA: join(folder, 'data'), HOLDFAST_BACKUPS: join(folder, 'backups') },
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = async () => {
    if (child.exitCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    await closed
  }
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('http://')) return { address: line, [Symbol.asyncDispose]: stop }
  throw new Error('holdfast serve ended without an address.')
}

/** Bytes of the first view as they would be sent compressed. */
async function firstView(page: Page, address: string): Promise<{ bytes: number; milliseconds: number }> {
  const fetched: Promise<number>[] = []
  page.on('response', (response) => {
    if (/\/(rpc|events|session)/.test(response.url())) return
    fetched.push(response.body().then((body) => Math.min(body.length, gzipSync(body).length)))
  })
  const began = performance.now()
  await page.goto(address)
  await page.locator('#tally').waitFor()
  const milliseconds = performance.now() - began
  return { milliseconds, bytes: (await Promise.all(fetched)).reduce((sum, each) => sum + each, 0) }
}

/** How fast the window starts in a browser that is open, and how fast it shows an archive of 500,000 entries. */
export async function measureWindow({ runs, folder: scratch, say }: BenchOptions): Promise<Outcome> {
  const folder = await mkdtemp(join(scratch, 'holdfast-bench-'))
  const browser = await chromium.launch({
    executablePath: process.env['HOLDFAST_BROWSER'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    say('the window is built')
    execFileSync('npm', ['run', '-s', 'build:window'], { cwd: root })
    say(`a backup of ${entries} entries`)
    const [dataFolder, backupFolder] = [join(folder, 'data'), join(folder, 'backups')]
    await writeFleet(dataFolder, { backupFolder, days })
    const { server, source, backup } = await writeLargeBackup(backupFolder, { entries })
    const measured: Record<'start' | 'bytes' | 'first' | 'tree' | 'search' | 'longTask', number[]> = {
      ...{ start: [], bytes: [], first: [], tree: [], search: [], longTask: [] },
    }
    for (let run = 0; run < runs; run += 1) {
      say(`run ${run + 1} of ${runs}`)
      await rm(join(dataFolder, 'cache'), { recursive: true, force: true })
      const page = await browser.newPage()
      const began = performance.now()
      await using served = await serve(folder)
      const started = performance.now() - began
      const view = await firstView(page, served.address)
      measured.start.push(started + view.milliseconds)
      measured.bytes.push(view.bytes)
      await noteLongTasks(page)
      const archive = { hash: `#/backups/${server}/${source}/${backup}` }
      const shown = '[role="treeitem"]'
      measured.first.push(await timeUntil(page, archive, shown))
      await timeUntil(page, { hash: '#/' }, '#tally')
      measured.tree.push(await timeUntil(page, archive, shown))
      measured.search.push(await timeUntil(page, { search: `file-${entries - 1}` }, 'mark'))
      measured.longTask.push(await longestTask(page))
      await page.close()
    }
    const of = (name: keyof typeof measured) => Math.round(median(measured[name]))
    const targets = [
      atMost('ms from the start of the program to the overview', 1000, of('start')),
      atMost('kB of the first view, compressed', 250, of('bytes') / 1000),
      atMost('ms to open the archive for the first time', 5000, of('first')),
      atMost('ms to its tree, once its index is here', 300, of('tree')),
      atMost('ms to search it', 150, of('search')),
      atMost('ms of the longest task of the page meanwhile', 100, of('longTask')),
    ]
    return {
      figures: {
        window: {
          ...{ entries, runs, startMilliseconds: of('start'), firstViewBytes: of('bytes') },
          ...{ firstOpeningMilliseconds: of('first'), treeMilliseconds: of('tree') },
          ...{ searchMilliseconds: of('search'), longestTaskMilliseconds: of('longTask') },
        },
      },
      targets,
      text: [`The window in Chromium, ${days} days of an invented fleet; medians of ${runs}`, '']
        .concat(table(targetRows(targets)))
        .join('\n'),
    }
  } finally {
    await browser.close()
    await rm(folder, { recursive: true })
  }
}
