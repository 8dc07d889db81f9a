import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HostKey, LabHost } from '../lab/lab.ts'

/** What send-process.ts is told. */
export interface SendOrder {
  readonly to:
    | { readonly kind: 's3'; readonly endpoint: string; readonly makesBuckets: boolean }
    | { readonly kind: 'sftp'; readonly ip: string; readonly key: string; readonly keys: HostKey[] }
  readonly bytes: number
  /** Whether it is read again. */
  readonly back: boolean
}

/** What send-process.ts prints. */
export interface SendReport {
  readonly upSeconds: number
  readonly downSeconds: number | null
  /** The most memory that the process had resident. */
  readonly peakBytes: number
}

/** The lab's SFTP target, as an order names it. */
export async function sftpOf(host: LabHost): Promise<SendOrder['to']> {
  return { kind: 'sftp', ip: host.ip, key: host.key, keys: [...(await host.hostKeys())] }
}

/** The lab's S3 server, as an order names it. */
export function s3Of({ ip }: LabHost): SendOrder['to'] {
  return { kind: 's3', endpoint: `http://${ip}:7480`, makesBuckets: true }
}

/** Sends one object by Holdfast. Rejects where that fails; what the process says goes into the error. */
export async function send(order: SendOrder): Promise<SendReport> {
  const script = join(import.meta.dirname, 'send-process.ts')
  const node = ['--max-semi-space-size=8', script, JSON.stringify(order)]
  const { stdout } = await promisify(execFile)(process.execPath, node)
  return JSON.parse(stdout) as SendReport
}
