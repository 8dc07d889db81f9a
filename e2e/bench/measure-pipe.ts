import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cost } from './cost.ts'
import type { Subject } from './measure-backup.ts'
import { readServer, spent } from './server-meter.ts'

/** Milliseconds between two looks at a program's memory. The kernel keeps the highest mark, so a few are enough. */
const lookEvery = 50

/**
 * Runs `ssh root@host COMMAND > file` and measures it. The command runs in the account's home. Rejects where ssh or the
 * command fails.
 */
export async function measurePipe({ host, account, folder }: Subject, command: string): Promise<Cost> {
  const scratch = await mkdtemp(join(folder, 'holdfast-bench-'))
  try {
    const knownHosts = join(scratch, 'known_hosts')
    await writeFile(knownHosts, (await host.hostKeys()).map(({ line }) => `${host.ip} ${line}\n`).join(''))
    await using file = await open(join(scratch, 'archive'), 'w')
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`]
    const args = ['-F', 'none', '-i', host.key, ...options.flatMap((option) => ['-o', option])]
    const before = await readServer(host)
    const cpuBefore = childrenSeconds()
    const began = performance.now()
    const ssh = spawn('ssh', [...args, `root@${host.ip}`, `cd ~${account} && ${command}`], {
      stdio: ['ignore', file.fd, 'inherit'],
    })
    let peakBytes = 0
    const look = () => {
      peakBytes = Math.max(peakBytes, residentPeak(ssh.pid))
    }
    const timer = setInterval(look, lookEvery)
    const [code] = (await once(ssh, 'exit').finally(() => clearInterval(timer))) as [number | null]
    const wallSeconds = (performance.now() - began) / 1000
    const clientCpuSeconds = childrenSeconds() - cpuBefore
    if (code !== 0) throw new Error(`ssh ended with ${code ?? 'a signal'} for: ${command}`)
    const { cpuSeconds, sentBytes } = spent(before, await readServer(host))
    const { size } = await stat(join(scratch, 'archive'))
    return {
      ...{ wallSeconds, clientCpuSeconds, peakBytes, archiveBytes: size },
      ...{ wireBytes: sentBytes, serverCpuSeconds: cpuSeconds },
    }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** CPU seconds of this process's children that have ended: fields 16 and 17 of proc(5)'s stat, in ticks of 10 ms. */
function childrenSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(13, 15).reduce((sum, field) => sum + Number(field), 0) / 100
}

function residentPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'latin1')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
