import type { LabHost } from '../lab/lab.ts'

/** What a lab server has spent and sent since it was started. */
export interface ServerReading {
  /** Of all its processes, those included that have ended. */
  readonly cpuSeconds: number
  /** On its network cable, everything that belongs to a packet included. */
  readonly sentBytes: number
}

/** The kernel's clock ticks per second, in which /proc counts; the same on every Linux that runs the lab. */
const ticksPerSecond = 100

/**
 * Reads the meters of a server. A process that ended is in the times of its parent, which waited for it; the times of
 * an orphan are in those of PID 1.
 */
export async function readServer(host: LabHost): Promise<ServerReading> {
  const { stdout } = await host.exec(
    'cat /sys/class/net/eth0/statistics/tx_bytes; cat /proc/[0-9]*/stat 2>/dev/null || :',
  )
  const [sent = '', ...processes] = stdout.trim().split('\n')
  return {
    cpuSeconds: processes.reduce((sum, line) => sum + cpuTicks(line), 0) / ticksPerSecond,
    sentBytes: Number(sent),
  }
}

/** User and system time, own and of the children that were waited for: fields 14 to 17 of proc(5)'s stat. */
export function cpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}

/** What a server spent between two readings. */
export function spent(before: ServerReading, after: ServerReading): ServerReading {
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    sentBytes: after.sentBytes - before.sentBytes,
  }
}
