import { z } from 'zod'
import type { WireError } from '../../../shared/errors.ts'
import { HostKey } from '../../../shared/model/server.ts'
import { table } from './table.ts'

const WithKeys = z.object({ keys: z.array(HostKey).min(1) })

/** An error with what a person needs beside its sentence: for an unknown host key, the fingerprints. */
export function describeError(error: WireError): WireError {
  const shown = WithKeys.safeParse(error.details)
  if (error.code !== 'host-key-unknown' || !shown.success) return error
  const rows = shown.data.keys.map(({ type, fingerprint }) => [type, fingerprint])
  return { ...error, message: `${error.message}\n${table(['TYPE', 'FINGERPRINT'], rows)}` }
}
