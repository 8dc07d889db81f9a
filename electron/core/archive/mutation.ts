import { hash } from 'node:crypto'
import { OuterManifest, type VerifyLevel } from '../../../shared/model/backup.ts'
import type { Fixture } from './fixture.ts'

/** One way to damage a stored backup: a byte that differs, or an end that is missing. For tests. */
export interface Mutation {
  readonly kind: 'flip' | 'cut'
  readonly file: 'archive' | 'index' | 'manifest'
  readonly at: number
  /** Bits of the byte that are turned over. */
  readonly bits: number
  readonly level: VerifyLevel
}

interface Amounts {
  readonly flips: number
  readonly cuts: number
  /** Equal seeds give equal mutations. */
  readonly seed: string
}

/** Mutations spread over the three files; most hit the archive. */
export function* mutations(fixture: Fixture, { flips, cuts, seed }: Amounts): Generator<Mutation> {
  const sizes = {
    archive: fixture.archive.length,
    index: fixture.index.length,
    manifest: manifestBytes(fixture.outer).length,
  }
  for (let n = 0; n < flips + cuts; n += 1) {
    const random = hash('sha256', `${seed} ${n}`, 'buffer')
    const share = random.readUInt8(0)
    const file = share < 192 ? 'archive' : share < 224 ? 'index' : 'manifest'
    yield {
      kind: n < flips ? 'flip' : 'cut',
      file,
      at: random.readUInt32LE(1) % sizes[file],
      bits: 1 + (random.readUInt8(5) % 255),
      level: n % 2 === 0 ? 'read' : 'deep',
    }
  }
}

/** What lies at the destination after a mutation. `outer` null: the manifest is not one any more, so there is no backup. */
export interface DamagedBackup {
  readonly name: string
  readonly level: VerifyLevel
  readonly archive: Buffer
  readonly index: Buffer
  readonly outer: OuterManifest | null
}

export function damaged(fixture: Fixture, mutation: Mutation): DamagedBackup {
  const { kind, file, at, bits, level } = mutation
  const change = (bytes: Buffer): Buffer => {
    if (kind === 'cut') return bytes.subarray(0, at)
    const changed = Buffer.from(bytes)
    changed[at] = changed.readUInt8(at) ^ bits
    return changed
  }
  const { archive, index, outer } = fixture
  return {
    name: `${level}: ${kind} of ${file} at ${at}, bits ${bits}`,
    level,
    archive: file === 'archive' ? change(archive) : archive,
    index: file === 'index' ? change(index) : index,
    outer: file === 'manifest' ? parsed(change(manifestBytes(outer))) : outer,
  }
}

/** The manifest without what may differ between copies, which nothing can prove. */
function manifestBytes(outer: OuterManifest): Buffer {
  return Buffer.from(JSON.stringify({ ...outer, copy: undefined }))
}

function parsed(bytes: Buffer): OuterManifest | null {
  try {
    const json: unknown = JSON.parse(bytes.toString())
    const copy = { name: 'copy.tar.gz', verified: null }
    return OuterManifest.safeParse({ ...(json as object), copy }).data ?? null
  } catch {
    return null
  }
}
