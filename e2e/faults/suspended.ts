import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHost } from '../lab/lab.ts'
import type { SuspendedTarget } from './suspended.program.ts'

/**
 * Stops a process that streams from a server, as a computer that sleeps does, for so many intervals of its keepalive,
 * in which the link dies without a word. Resolves to how it ended after it was woken, and how many intervals later.
 */
export async function sleepThroughDeath({
  intervalMs,
  asleep,
}: {
  readonly intervalMs: number
  readonly asleep: number
}): Promise<{ readonly ended: string; readonly intervals: number }> {
  await using host = await startHost({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  const hostKeys = (await host.hostKeys()).map(({ line }) => line.split(' ')[1] ?? '')
  const target: SuspendedTarget = { host: host.ip, key: host.key, hostKeys, intervalMs }
  const program = join(import.meta.dirname, 'suspended.program.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The program ended without a word.')
    return value
  }
  try {
    const first = await next()
    if (first !== 'flowing') throw new Error(`It ended before it slept: ${first}`)
    child.kill('SIGSTOP')
    await host.link('down')
    await sleep(asleep * intervalMs)
    const woken = performance.now()
    child.kill('SIGCONT')
    const ended = await next()
    return { ended, intervals: (performance.now() - woken) / intervalMs }
  } finally {
    child.kill('SIGKILL')
  }
}
