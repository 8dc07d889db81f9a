import { tarError } from './tar-error.ts'

/** Records of one pax header, in order. Keys are bytes as Latin-1 and values bytes: both may be anything. */
export type PaxRecords = ReadonlyMap<string, Buffer>

const space = 0x20
const equals = 0x3d
const newline = 0x0a

/** Reads the body of a pax header (`LENGTH KEY=VALUE\n` …). Throws `corrupt` where a length does not agree. */
export function decodePax(body: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>()
  let at = 0
  while (at < body.length && body[at] !== 0) {
    const gap = body.indexOf(space, at)
    const digits = gap < 0 ? '' : body.toString('latin1', at, gap)
    const end = at + Number(digits)
    if (!/^[0-9]{1,10}$/.test(digits) || end > body.length || body[end - 1] !== newline)
      throw tarError('bad-header')
    const split = body.indexOf(equals, gap)
    if (split < 0 || split >= end) throw tarError('bad-header')
    records.set(body.toString('latin1', gap + 1, split), Buffer.from(body.subarray(split + 1, end - 1)))
    at = end
  }
  return records
}

/** One record with its own length in front, which counts itself. */
export function encodePaxRecord(key: string, value: Buffer | string): Buffer {
  const content = Buffer.isBuffer(value) ? value : Buffer.from(value)
  const rest = key.length + content.length + 3
  let length = rest + String(rest).length
  if (String(length).length > String(rest).length) length = rest + String(length).length
  return Buffer.concat([Buffer.from(`${length} ${key}=`, 'latin1'), content, Buffer.from('\n')])
}

/** `SECONDS[.FRACTION]` of a pax time as nanoseconds; digits beyond the ninth are dropped. Throws `corrupt`. */
export function decodePaxTime(value: Buffer): bigint {
  const match = /^(-?)([0-9]{1,20})(?:\.([0-9]*))?$/.exec(value.toString('latin1'))
  if (!match) throw tarError('bad-header')
  const [, sign, seconds = '0', fraction = ''] = match
  const time = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return sign ? -time : time
}

/** Nanoseconds as a pax time, without trailing zeros. */
export function encodePaxTime(time: bigint): string {
  const size = time < 0n ? -time : time
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  const seconds = (size / 1_000_000_000n).toString()
  return `${time < 0n ? '-' : ''}${seconds}${fraction && `.${fraction}`}`
}

/** A non-negative decimal of a pax record, such as `size` or `uid`. Throws `corrupt`. */
export function decodePaxNumber(value: Buffer): number {
  const text = value.toString('latin1')
  const number = Number(text)
  if (!/^[0-9]{1,20}$/.test(text) || !Number.isSafeInteger(number)) throw tarError('bad-header')
  return number
}

/** The records that an archive keeps besides those that stand for header fields (FORMAT §2). */
export function isCarried(key: string): boolean {
  return (
    key === 'SCHILY.acl.access' ||
    key === 'SCHILY.acl.default' ||
    key === 'RHT.security.selinux' ||
    (key.startsWith('SCHILY.xattr.') && key.length > 13)
  )
}
