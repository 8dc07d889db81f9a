import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startHost, type HostOptions, type LabHost, type Line } from '../lab/lab.ts'
import { median } from './cost.ts'
import { makeFile, sendByLibStorage, sendBySftp } from './other-senders.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { table, targetRows } from './print.ts'
import { s3Of, send, sftpOf, type SendReport } from './send.ts'
import { atLeast, atMost } from './targets.ts'

/** 50 ms there and back. */
const line: Line = { delayMs: 25, rateMbit: 100, lossPercent: 0 }
const MB = 1_000_000
const linkSpeed = (line.rateMbit * 1e6) / 8
const without = ['mariadb', 'postgres', 'dovecot', 'cron'] as const

const sftpTarget = (more: Pick<HostOptions, 'wan' | 'disk'> = {}) =>
  startHost({ layer: 'sftp-target', without, ...more })
const s3Server = (more: Pick<HostOptions, 'wan'> = {}) => startHost({ kind: 's3', ...more })

/** How fast copies go to SFTP and S3, over a long line and beside this computer, and what memory they take. */
export async function destinations(options: BenchOptions): Promise<Outcome> {
  const far = await farSpeeds(options)
  const near = await nearSpeeds(options)
  const memory = await peaks(options)
  const targets = [
    ...far.map(([what, share]) => atLeast(`of 100 Mbit/s at 50 ms, ${what}`, 0.9, share)),
    atLeast('of the speed of lib-storage, S3', 1, near.libStorage / near.s3),
    atLeast('of the speed of sftp -b with put -f, SFTP', 1, near.sftpCommand / near.sftp),
    atMost(`of the memory for ${memory.small / 1e9} GB, with ${memory.large / 1e9} GB to S3`, 1.1, memory.s3),
    atMost(
      `of the memory for ${memory.small / 1e9} GB, with ${memory.large / 1e9} GB by SFTP`,
      1.1,
      memory.sftp,
    ),
  ]
  return {
    figures: {
      'shares of a long line': { ...Object.fromEntries(far), runs: options.runs },
      'seconds beside this computer': { ...near, runs: options.runs },
      'memory of large copies': memory,
    },
    targets,
    text: [`Copies to SFTP and S3; medians of ${options.runs}`, '', table(targetRows(targets))].join('\n'),
  }
}

async function farSpeeds({
  account,
  runs,
  say,
}: BenchOptions): Promise<readonly (readonly [string, number])[]> {
  const bytes = account === 'big' ? 500 * MB : 50 * MB
  const shares = async (host: LabHost, to: Awaited<ReturnType<typeof sftpOf>>, name: string) => {
    const reports: SendReport[] = []
    for (let run = 1; run <= runs; run += 1) {
      say(`run ${run} of ${runs}: ${host.name}, ${name} over a long line`)
      reports.push(await send({ to, bytes, back: true }))
    }
    const share = (seconds: readonly number[]) => bytes / linkSpeed / median(seconds)
    return [
      [`${name} up`, share(reports.map(({ upSeconds }) => upSeconds))],
      [`${name} down`, share(reports.map(({ downSeconds }) => downSeconds ?? Infinity))],
    ] as const
  }
  await using target = await sftpTarget({ wan: line })
  const sftp = await shares(target, await sftpOf(target), 'SFTP')
  await using server = await s3Server({ wan: line })
  return [...sftp, ...(await shares(server, s3Of(server), 'S3'))]
}

/** Seconds for one object, by turns with what people would use otherwise. */
async function nearSpeeds({ account, runs, folder, say }: BenchOptions) {
  const bytes = account === 'big' ? { s3: 1000 * MB, sftp: 2000 * MB } : { s3: 50 * MB, sftp: 200 * MB }
  const scratch = await mkdtemp(join(folder, 'holdfast-bench-'))
  try {
    const [small, large] = [join(scratch, 'small'), join(scratch, 'large')]
    await makeFile(small, bytes.s3)
    await makeFile(large, bytes.sftp)
    // A disk in memory, for what a real one does in the background is not what is compared.
    await using target = await sftpTarget({ disk: '5g' })
    await using server = await s3Server()
    const seconds = {
      s3: [] as number[],
      libStorage: [] as number[],
      sftp: [] as number[],
      sftpCommand: [] as number[],
    }
    for (let run = 1; run <= runs; run += 1) {
      say(`run ${run} of ${runs}: beside this computer`)
      seconds.s3.push((await send({ to: s3Of(server), bytes: bytes.s3, back: false })).upSeconds)
      seconds.libStorage.push(await sendByLibStorage(server, small))
      seconds.sftp.push((await send({ to: await sftpOf(target), bytes: bytes.sftp, back: false })).upSeconds)
      seconds.sftpCommand.push(await sendBySftp(target, large, { scratch, flushed: true }))
    }
    return {
      ...{ s3Bytes: bytes.s3, sftpBytes: bytes.sftp },
      s3: median(seconds.s3),
      libStorage: median(seconds.libStorage),
      sftp: median(seconds.sftp),
      sftpCommand: median(seconds.sftpCommand),
    }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** How memory grows from a small object to a large one; the bucket forgets what it gets. */
async function peaks({ account, say }: BenchOptions) {
  const [small, large] = account === 'big' ? [1000 * MB, 50_000 * MB] : [200 * MB, 1000 * MB]
  const growth = async (to: Parameters<typeof send>[0]['to'], name: string) => {
    say(`${large / 1e9} GB to ${name}`)
    const { peakBytes } = await send({ to, bytes: small, back: false })
    return (await send({ to, bytes: large, back: false })).peakBytes / peakBytes
  }
  const sink = spawn(process.execPath, [join(import.meta.dirname, 'bucket-sink.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [endpoint] = (await once(createInterface({ input: sink.stdout }), 'line')) as [string]
  const s3 = await growth({ kind: 's3', endpoint, makesBuckets: false }, 'S3')
  sink.stdin.end()
  await using target = await sftpTarget()
  return { small, large, s3, sftp: await growth(await sftpOf(target), 'SFTP') }
}
