import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabHost } from '../lab/lab.ts'

/** Runs `ssh root@host COMMAND < FILE`. Rejects where ssh or the command fails. */
export async function feedServer(host: LabHost, command: string, path: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  try {
    const knownHosts = join(scratch, 'known_hosts')
    await writeFile(knownHosts, (await host.hostKeys()).map(({ line }) => `${host.ip} ${line}\n`).join(''))
    await using file = await open(path, 'r')
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`]
    const args = ['-F', 'none', '-i', host.key, ...options.flatMap((option) => ['-o', option])]
    const ssh = spawn('ssh', [...args, `root@${host.ip}`, command], {
      stdio: [file.fd, 'ignore', 'inherit'],
    })
    const [code] = (await once(ssh, 'exit')) as [number | null]
    if (code !== 0) throw new Error(`ssh ended with ${code ?? 'a signal'} for: ${command}`)
  } finally {
    await rm(scratch, { recursive: true })
  }
}
