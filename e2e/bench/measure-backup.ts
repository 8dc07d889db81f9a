import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServerDraft } from '../../shared/contract.ts'
import type { JobState } from '../../shared/model/job.ts'
import type { LabHost } from '../lab/lab.ts'
import type { Cost } from './cost.ts'
import { readServer, spent } from './server-meter.ts'

/** What backup-process.ts is told. */
export interface BackupOrder {
  readonly draft: ServerDraft
  /** The host key that the server has. */
  readonly fingerprint: string
  readonly account: string
  readonly dataFolder: string
  readonly backupFolder: string
  readonly encrypted: boolean
}

interface Spent {
  readonly wallSeconds: number
  readonly cpuSeconds: number
}

/** What backup-process.ts prints in the end. */
export interface BackupReport {
  readonly state: JobState
  readonly error: string | null
  readonly backupId: string | null
  /** The first few. */
  readonly warnings: readonly string[]
  /** Up to when the archive lay whole at the destination, flushed to the disk. */
  readonly archiveComplete: Spent
  /** Up to when it had been read back, every entry, and had its manifest. */
  readonly done: Spent
  readonly peakBytes: number
  /** Whether ssh2 encrypted with its native addon. */
  readonly nativeAddon: boolean
}

/** One backup by Holdfast. */
export interface MeasuredBackup {
  readonly complete: Cost
  readonly verified: Cost
  readonly nativeAddon: boolean
}

/** Where and what to measure. */
export interface Subject {
  readonly host: LabHost
  readonly account: string
  /** A folder of this computer for what is measured; everything put there is deleted again. */
  readonly folder: string
  /** Whether the copy is encrypted; default false. */
  readonly encrypted?: boolean
}

/**
 * Backs the account up to a folder of this computer, in a process of its own that has the server's profile already and
 * has been started before, with the options of Node that the product is started with. Rejects where the backup is anything but succeeded.
 */
export async function measureBackup(
  { host, account, folder, encrypted = false }: Subject,
  nodeOptions: readonly string[] = ['--max-semi-space-size=8'],
): Promise<MeasuredBackup> {
  const scratch = await mkdtemp(join(folder, 'holdfast-bench-'))
  try {
    const order = await orderFor({ host, account, folder: scratch, encrypted })
    const script = join(import.meta.dirname, 'backup-process.ts')
    const child = spawn(process.execPath, [...nodeOptions, script, JSON.stringify(order)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const closed = once(child, 'close')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    await expectLine(lines, 'ready')
    const before = await readServer(host)
    child.stdin.end('start\n')
    let line = await lines.next()
    let atComplete = before
    if (line.value === 'complete') {
      atComplete = await readServer(host)
      line = await lines.next()
    }
    const report = JSON.parse(String(line.value)) as BackupReport
    await closed
    if (report.state !== 'succeeded')
      throw new Error(`The backup is ${report.state}: ${[report.error ?? '', ...report.warnings].join('\n')}`)
    const after = await readServer(host)
    const { peakBytes, nativeAddon } = report
    const archiveBytes = await archiveSize(order.backupFolder)
    const cost = (here: Spent, there: ReturnType<typeof spent>): Cost => ({
      ...{ wallSeconds: here.wallSeconds, clientCpuSeconds: here.cpuSeconds },
      ...{ wireBytes: there.sentBytes, serverCpuSeconds: there.cpuSeconds },
      ...{ peakBytes, archiveBytes },
    })
    return {
      complete: cost(report.archiveComplete, spent(before, atComplete)),
      verified: cost(report.done, spent(before, after)),
      nativeAddon,
    }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

async function orderFor({
  host,
  account,
  folder: scratch,
  encrypted,
}: Required<Subject>): Promise<BackupOrder> {
  const [key] = await host.hostKeys()
  return {
    draft: {
      name: 'bench',
      host: host.ip,
      port: 22,
      user: 'root',
      auth: { kind: 'key', path: host.key },
      elevation: 'none',
      jump: null,
      rateMbit: null,
      legacyAlgorithms: false,
    },
    fingerprint: key?.fingerprint ?? '',
    account,
    dataFolder: join(scratch, 'data'),
    backupFolder: join(scratch, 'backups'),
    encrypted,
  }
}

async function expectLine(lines: AsyncIterator<string>, expected: string): Promise<void> {
  const { value, done } = await lines.next()
  if (done === true || value !== expected) throw new Error(`backup-process.ts did not print ${expected}.`)
}

async function archiveSize(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const archive = names.find((name) => /\.tar\.gz(\.age)?$/.test(name))
  if (archive === undefined) throw new Error(`There is no archive in ${folder}.`)
  return (await stat(join(folder, archive))).size
}
