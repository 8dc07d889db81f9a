import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import type { ComponentSummary, Skipped, Warning } from '../../../shared/model/backup.ts'
import { stillClock, testDraft, testIdentity } from '../archive/test-archive.ts'
import { createArchiveWriter } from '../archive/writer.ts'
import type { RemoteShell } from '../remote/shell.ts'
import { Selection } from './selection.ts'
import type { CollectContext, Collector } from './collector.ts'

/** What a collector works on, besides what this suite supplies. */
export type Subject = Pick<CollectContext, 'shell' | 'survey' | 'source'> &
  Partial<Pick<CollectContext, 'overrides' | 'exclude' | 'credentials' | 'databaseLogins' | 'clock'>>

/** What came of a collection. The archive is complete, its manifest included. */
export interface Collected {
  readonly archive: Buffer
  readonly components: readonly ComponentSummary[]
  readonly warnings: readonly Warning[]
  readonly skipped: readonly Skipped[]
}

export const noOverrides: CollectContext['overrides'] = {
  addPaths: [],
  removePaths: [],
  addDatabases: [],
  removeDatabases: [],
  addMail: [],
  removeMail: [],
  exclude: [],
  nobackupTag: false,
  accept: [],
}

/** Runs a collector into an archive of its own. */
export async function collectAlone(
  collector: Collector,
  subject: Subject,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Collected> {
  const { signal = new AbortController().signal } = options
  const folder = await mkdtemp(join(tmpdir(), 'hf-collect-'))
  try {
    const file = createWriteStream(join(folder, 'archive.tar.gz'))
    const skipped: Skipped[] = []
    await using writer = await createArchiveWriter({
      identity: testIdentity,
      account: null,
      credentials: null,
      sink: async (chunk) => {
        if (!file.write(chunk)) await once(file, 'drain')
      },
      indexSink: () => Promise.resolve(),
      spoolFolder: folder,
      level: 1,
      clock: stillClock,
      signal,
    })
    const components = await collector.collect({
      overrides: noOverrides,
      only: new Selection([]),
      exclude: [],
      credentials: true,
      databaseLogins: [],
      clock: stillClock,
      ...subject,
      component: (kind, name) => writer.component(kind, name),
      skip: (item) => void skipped.push(item),
      log: { write: () => undefined },
      signal,
    })
    await writer.finish(testDraft(components))
    file.end()
    await once(file, 'close')
    const archive = await readFile(join(folder, 'archive.tar.gz'))
    return { archive, components, warnings: components.flatMap(({ warnings }) => warnings), skipped }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** One collector with something to collect, and two ways to look at it that know nothing of the collector. */
export interface CollectorTrial {
  readonly collector: Collector
  /** Logs in again, as for a new run. */
  readonly subject: () => Promise<Subject & AsyncDisposable>
  /** What lies on the server, as its own tools say: name to everything that must survive. */
  readonly live: () => Promise<ReadonlyMap<string, string>>
  /** The same of the archive, opened with plain tar. */
  readonly stored: (archive: Buffer) => Promise<ReadonlyMap<string, string>>
  /** What a run must name as missing, as `CODE PATH`, sorted. */
  readonly gaps: readonly string[]
  /** Names of processes and folders of ours on the server. */
  readonly leftovers: () => Promise<readonly string[]>
}

/** What every collector keeps to. Call it inside `describe`. */
export function describeCollector(trial: CollectorTrial): void {
  let whole: Collected
  beforeAll(async () => {
    await using subject = await trial.subject()
    whole = await collectAlone(trial.collector, subject)
  })

  test('leaves nothing behind', async () => {
    await expect.poll(trial.leftovers, { timeout: 10_000 }).toEqual([])
  })

  test('what plain tar finds in the archive is what lies on the server', async () => {
    const [live, stored] = [await trial.live(), await trial.stored(whole.archive)]
    expect(live.size).toBeGreaterThan(0)
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(live))
  })

  test('names what is missing, and nothing else', () => {
    expect(whole.warnings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual(trial.gaps)
  })

  test('says of each component how it was made', () => {
    expect(whole.components.length).toBeGreaterThan(0)
    for (const { kind, tool, version, status } of whole.components) {
      expect(trial.collector.kinds).toContain(kind)
      expect(status).not.toBe('missing')
      expect(tool === null || version !== null, `${kind} names a version`).toBe(true)
    }
  })

  test('says that it was cancelled, and leaves nothing behind', async () => {
    await using subject = await trial.subject()
    const cancel = new AbortController()
    const shell = abortingShell(subject.shell, () => cancel.abort())
    const run = collectAlone(trial.collector, { ...subject, shell }, { signal: cancel.signal })
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(trial.leftovers, { timeout: 20_000 }).toEqual([])
  })
}

/** Calls `abort` once the first script runs. */
function abortingShell(shell: RemoteShell, abort: () => void): RemoteShell {
  return {
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    get hurried() {
      return abortingShell(shell.hurried, abort)
    },
    start: async (script, options) => {
      const run = await shell.start(script, options)
      abort()
      return run
    },
    run: (script, options) => {
      setTimeout(abort, 5)
      return shell.run(script, options)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
