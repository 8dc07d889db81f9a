import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'

/** Opens a TCP connection, still paused. Throws `unreachable` with the system's code in `details.cause`. */
export async function dial(
  host: string,
  port: number,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Socket> {
  const { signal, timeoutMs } = options
  throwIfCancelled(signal)
  const socket = createConnection({ host: host.replace(/^\[|\]$/g, ''), port, noDelay: true })
  socket.pause()
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(unreachableHost(host, port, 'ETIMEDOUT')), timeoutMs)
      const abort = () => settle(() => reject(cancellation(signal)))
      signal.addEventListener('abort', abort, { once: true })
      const settle = (act: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        act()
      }
      socket.once('connect', () => settle(resolve))
      socket.once('error', (cause) =>
        settle(() => reject(unreachableHost(host, port, systemCode(cause), cause))),
      )
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** The system's code of an error; of several addresses that failed, the first one's. */
export function systemCode(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return systemCode(error.errors[0])
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has a name that no DNS server knows',
  EAI_AGAIN: 'cannot be looked up, because the DNS server does not answer',
  ECONNREFUSED: 'refuses connections on that port',
  EHOSTUNREACH: 'cannot be reached from this network',
  ENETUNREACH: 'cannot be reached, because this computer has no network',
  ETIMEDOUT: 'does not answer',
  ECONNRESET: 'closed the connection at once',
}

/** The `unreachable` error for a host that gave no connection. */
export function unreachableHost(host: string, port: number, code: string | null, cause?: unknown): AppError {
  const reason = (code && reasons[code]) ?? 'gave no connection'
  return new AppError(
    'unreachable',
    `${host} port ${port} ${reason}; nothing was read or changed. Check the address and the network, then try again.`,
    { cause, details: { host, port, cause: code } },
  )
}
