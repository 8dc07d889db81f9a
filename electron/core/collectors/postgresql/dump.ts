import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../../shared/errors.ts'
import { sentenceOf } from '../failure.ts'
import { textLines } from '../mysql/server.ts'
import { ArchiveWalk } from './archive-walk.ts'
import type { ComponentWriter, SpooledBody } from '../../archive/archive-writer.ts'
import type { TableBlock } from './archive-walk.ts'
import type { PostgresqlServer } from './server.ts'

/** A dump that is in the archive. */
export interface DumpResult {
  readonly version: string
  readonly entries: number | null
  readonly tables: readonly TableBlock[]
}

/** Why a dump is not in the archive. */
export interface DumpFailure {
  readonly why: string
}

/**
 * Dumps into the archive, or not at all: pg_dump's exit code, the dump's own structure up to its last byte, and the
 * data of every table in its table of contents decide. Throws only what a collector must not survive.
 */
export async function writeDump(
  server: PostgresqlServer,
  database: string,
  flags: readonly string[],
  component: ComponentWriter,
  options: { readonly meta: SpooledBody['meta']; readonly signal: AbortSignal },
): Promise<DumpResult | DumpFailure> {
  const walk = new ArchiveWalk()
  let version = ''
  try {
    const run = await server.dump(database, flags)
    const flow = pipeline(run.output, walk)
    flow.catch(() => undefined)
    const prove = async (): Promise<void> => {
      await flow
      const { codes, facts, stderr } = await run.end
      version = facts.get('version') ?? ''
      const code = codes.get('dump')
      if (code === 0 && walk.result.whole) return
      const said = textLines(stderr).slice(0, 3).join(' ').slice(0, 500)
      throw new AppError(
        'remote-failed',
        code === 0
          ? 'pg_dump said that all went well, but its dump is cut or incomplete.'
          : `pg_dump ended with code ${code ?? 'unknown'}.${said === '' ? '' : ` It said: ${said}`}`,
      )
    }
    await component.spooled({ meta: options.meta, body: walk, prove }, { signal: options.signal })
    return { version, entries: walk.result.entries, tables: walk.result.tables }
  } catch (error) {
    return { why: sentenceOf(error, options.signal) }
  } finally {
    walk.destroy()
  }
}
