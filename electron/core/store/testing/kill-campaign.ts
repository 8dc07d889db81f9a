import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { readAppendLog } from '../append-log.ts'

const program = fileURLToPath(new URL('./write-loop.ts', import.meta.url))
const Envelope = z.strictObject({
  version: z.literal(1),
  data: z.strictObject({ n: z.int(), filling: z.string() }),
})

export interface KillCounts {
  kills: number
  /** Updates that were told to be safe, over all kills. */
  updates: number
  /** Kills that left an unfinished file beside the document. */
  interruptedWrites: number
  /** Kills in the middle of a log record. */
  tornRecords: number
  /** The document was missing, empty, cut or a mix. Must be 0. */
  unreadable: number
  /** Updates that were told to be safe and are not there. Must be 0. */
  lost: number
}

/**
 * Kills a writing process with SIGKILL at random moments and looks at what it left, again and again in the same
 * folder. `random` gives a number from 0 up to 1.
 */
export async function killCampaign(
  folder: string,
  { kills, random }: { readonly kills: number; readonly random: () => number },
): Promise<KillCounts> {
  const counts = { kills, updates: 0, interruptedWrites: 0, tornRecords: 0, unreadable: 0, lost: 0 }
  let safe = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const before = safe
    safe = Math.max(safe, await writeUntilKilled(folder, random() * 40))
    counts.updates += safe - before
    const found = await look(folder)
    if (found.n === null) {
      counts.unreadable += 1
      await copyFile(join(folder, 'counter.json'), join(folder, `unreadable-${kill}`)).catch(() => undefined)
    }
    if ((found.n ?? 0) < safe || found.logged < safe) counts.lost += 1
    if (found.unfinished) counts.interruptedWrites += 1
    if (found.torn) counts.tornRecords += 1
    safe = found.n ?? safe
  }
  return counts
}

/** Lets the writer run some milliseconds from its first update on; resolves to the last number it called safe. */
async function writeUntilKilled(folder: string, milliseconds: number): Promise<number> {
  const child = spawn(process.execPath, ['--no-warnings', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  await wait(milliseconds)
  child.kill('SIGKILL')
  await ended
  const numbers = printed.slice(0, printed.lastIndexOf('\n')).split('\n').map(Number)
  return numbers.at(-1) ?? 0
}

async function look(folder: string) {
  const names = await readdir(folder)
  const numbers: number[] = []
  for await (const n of readAppendLog(join(folder, 'numbers.jsonl'), z.int())) numbers.push(n)
  const raw = await readFile(join(folder, 'numbers.jsonl'))
  return {
    n: await readCounter(join(folder, 'counter.json')),
    logged: numbers.at(-1) ?? 0,
    unfinished: names.some((name) => name.endsWith('.tmp')),
    torn: raw.length > 0 && raw.at(-1) !== 0x0a,
  }
}

/** The document's number; null where it is not exactly what some update wrote. */
async function readCounter(file: string): Promise<number | null> {
  try {
    const { data } = Envelope.parse(JSON.parse(await readFile(file, 'utf8')))
    const expected = String(data.n).repeat((((data.n - 1) * 37) % 900) + 1)
    return data.filling === expected ? data.n : null
  } catch {
    return null
  }
}
