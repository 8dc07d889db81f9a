import { Readable } from 'node:stream'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { Remark } from '../../../../shared/model/restore-report.ts'
import type { RestoreRequest } from '../../../../shared/model/restore.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import type { ArchiveReader } from '../../archive/reader.ts'
import type { Clock } from '../../ports.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import type { StepContext } from '../restore-context.ts'
import { testMapping } from '../test-mapping.ts'

/** One step over a real server, with a dump in memory for its archive and its notes in memory for a journal. */
export interface StepTrial {
  readonly step: StepOf<'import-database'>
  readonly context: StepContext
  readonly remarks: readonly Remark[]
}

/** For tests: an import of `dump`, the database `from`, into `database`. */
export function stepTrial(
  shell: RemoteShell,
  clock: Clock,
  {
    dump,
    from,
    database,
    table = null,
    keepExtra = false,
    engine = 'mysql',
  }: {
    readonly dump: Buffer
    readonly from: string
    readonly database: string
    readonly table?: StepOf<'import-database'>['table']
    readonly keepExtra?: boolean
    readonly engine?: StepOf<'import-database'>['engine']
  },
): StepTrial {
  const facts: Record<string, unknown> = {}
  const remarks: Remark[] = []
  const entry = { path: Buffer.from('dump.sql'), type: 'file', size: dump.length } as ListedEntry
  const reader = { stat: () => entry, content: () => Readable.from([dump]) } as unknown as ArchiveReader
  const { signal } = new AbortController()
  const context = {
    archive: {
      name: 'trial',
      reader,
      facts: null,
      only: [],
      account: null,
      credentials: null,
      trusted: false,
    },
    target: { server: { name: 'lab' }, shell } as StepContext['target'],
    request: { keepExtra } as RestoreRequest,
    ...{ mapping: testMapping({ same: true }), sameAccount: true, mark: '0123456789abcdef', clock, signal },
    noted: () => facts,
    noteFacts: (more) => {
      Object.assign(facts, more)
      return Promise.resolve()
    },
    ...{
      progress: () => undefined,
      saved: null,
      log: () => undefined,
      remark: (remark) => void remarks.push(remark),
    },
  } satisfies StepContext
  const step: StepTrial['step'] = {
    ...{
      id: '1',
      kind: 'import-database',
      component: `${engine} ${database}`,
      title: '',
      undo: '',
      engine,
    },
    ...{ from: 'dump.sql', fromDatabase: from, database, method: 'swap', why: '', scratch: 'hf_01234567' },
    ...{ owner: engine === 'mysql' ? 'alice@localhost' : 'alice', table, rights: [] },
  }
  return { step, context, remarks }
}
