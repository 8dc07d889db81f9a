/** What goes into a raw header. Nothing is checked: headers that make no sense are what this is for. */
export interface RawHeader {
  readonly name: string | Buffer
  readonly type?: string
  readonly content?: string | Buffer
  /** Where it differs from the content's length. */
  readonly size?: number
  readonly mode?: number
  readonly uid?: number
  readonly link?: string | Buffer
  readonly prefix?: string
  /** Device numbers. */
  readonly device?: readonly [number, number]
  /** Bytes that are written over a place of the header, before the checksum is made. */
  readonly over?: readonly (readonly [number, Buffer])[]
  /** A wrong checksum. */
  readonly badSum?: boolean
}

const block = 512

function bytes(text: string | Buffer): Buffer {
  return Buffer.isBuffer(text) ? text : Buffer.from(text)
}

function octal(header: Buffer, at: number, length: number, value: number): void {
  header.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
}

/** A ustar header block and its content, padded. */
export function raw(fields: RawHeader): Buffer {
  const header = Buffer.alloc(block)
  const content = bytes(fields.content ?? '')
  bytes(fields.name).copy(header, 0, 0, 100)
  octal(header, 100, 8, fields.mode ?? 0o644)
  octal(header, 108, 8, fields.uid ?? 1000)
  octal(header, 116, 8, fields.uid ?? 1000)
  octal(header, 124, 12, fields.size ?? content.length)
  octal(header, 136, 12, 1_700_000_000)
  header.fill(' ', 148, 156)
  header.write(fields.type ?? '0', 156, 'latin1')
  bytes(fields.link ?? '').copy(header, 157, 0, 100)
  header.write('ustar\x0000', 257, 'latin1')
  const [major, minor] = fields.device ?? [0, 0]
  octal(header, 329, 8, major)
  octal(header, 337, 8, minor)
  header.write(fields.prefix ?? '', 345, 155, 'latin1')
  for (const [at, over] of fields.over ?? []) over.copy(header, at)
  const sum = header.reduce((total, byte) => total + byte, 0) + (fields.badSum === true ? 1 : 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return Buffer.concat([header, padded(content)])
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)])
}

/** A pax header (`x`, or `g` for all that follows) with these records. */
export function pax(records: Readonly<Record<string, string | Buffer>>, type = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), bytes(value), Buffer.from('\n')])
    let length = rest.length
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length
    return Buffer.concat([Buffer.from(String(length)), rest])
  })
  return raw({ name: './PaxHeaders/x', type, content: Buffer.concat(lines) })
}

/** A GNU long name (`L`) or long link target (`K`). */
export function long(type: 'L' | 'K', name: string | Buffer): Buffer {
  return raw({ name: '././@LongLink', type, content: Buffer.concat([bytes(name), Buffer.alloc(1)]) })
}

export const file = (name: string | Buffer, content = 'planted', more: Partial<RawHeader> = {}): Buffer =>
  raw({ name, content, ...more })
export const folder = (name: string | Buffer, mode = 0o755): Buffer => raw({ name, type: '5', mode })
export const symlink = (name: string | Buffer, link: string | Buffer): Buffer =>
  raw({ name, type: '2', link, mode: 0o777 })
export const hardlink = (name: string | Buffer, link: string | Buffer): Buffer =>
  raw({ name, type: '1', link })

export const end = Buffer.alloc(2 * block)
