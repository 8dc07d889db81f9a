import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn, realClock, type LabLogin } from '../../../e2e/lab/login.ts'
import { AppError } from '../../../shared/errors.ts'
import { RestoreRequest } from '../../../shared/model/restore.ts'
import { bufferSource } from '../archive/byte-source.ts'
import { openArchive } from '../archive/reader.ts'
import { oneComponent, testArchive, testFile } from '../archive/test-archive.ts'
import { applySteps, checkSteps, commitSteps, rollBackSteps, type Applying } from './apply-plan.ts'
import { RestoreJournals } from './journal.ts'
import { makePlan } from './make-plan.ts'
import type { RestoreContext } from './restore-context.ts'
import { nothingPlanned, type NewStep, type Restorer } from './restorer.ts'
import { stepKinds } from './step-kinds.ts'
import { testMapping } from './test-mapping.ts'

/** System files and a SQLite database: restored by steps that any restorer may plan, and the planner knows none of them. */

const folder = mkdtempSync(join(tmpdir(), 'holdfast-system-'))
let host: LabHost
let login: LabLogin
let database: Buffer
let ids: { uid: number; gid: number }

beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot'] })
  login = await logIn(host, 'root')
  execFileSync('python3', [
    '-c',
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE t (x)'); c.execute(\"INSERT INTO t VALUES ('from the backup')\"); c.commit()",
    join(folder, 'app.db'),
  ])
  database = readFileSync(join(folder, 'app.db'))
  const [uid = 0, gid = 0] = (await shell('id -u alice; id -g alice')).trim().split('\n').map(Number)
  ids = { uid, gid }
})

beforeEach(async () => {
  await shell(`rm -f /home/alice/app.db*; printf '127.0.0.1 localhost\\n10.0.0.9 mine' >/etc/hosts`)
  await shell(
    `cd /home/alice; sqlite3 app.db "PRAGMA journal_mode=wal; CREATE TABLE t (x); INSERT INTO t VALUES ('of today')"; echo log >app.db-wal`,
    'alice',
  )
})

afterAll(async () => {
  await login[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const shell = (command: string, user = 'root') =>
  host.exec('bash', { user, input: command }).then(({ stdout }) => stdout)

const words = { component: 'system', title: 'A step', undo: 'Puts it back' }
const service = { ...words, kind: 'run-service', service: 'cron' } as const

/** Stop, place, start, check; and lines for the system's hosts. */
const steps = (more: readonly NewStep[] = []): NewStep[] => {
  const path = '/home/alice/app.db'
  return [
    { ...words, kind: 'merge-lines', path: '/etc/hosts', uid: 0, gid: 0, mode: 0o644, lines: hosts },
    { ...service, action: 'stop', when: 'applied' },
    {
      ...{ ...words, ...ids, path, kind: 'replace-file', from: 'files/app.db', mode: 0o640 },
      companions: ['-wal', '-shm', '-journal'],
    },
    { ...service, action: 'start', when: 'applied' },
    { ...words, kind: 'check', what: { kind: 'sqlite', path, ...ids } },
    ...more,
  ]
}
const hosts = ['10.0.0.9 mine', '10.0.0.5 db.example', '127.0.0.1 localhost']

const request = RestoreRequest.parse({
  from: { kind: 'backup', backup: 'trial', destination: null },
  to: { server: 'lab', account: 'system' },
  ...{ scope: 'full', items: [], map: [], keepExtra: false, mail: 'replace', tableAs: null },
  ...{ create: false, enableCron: false, acceptUnsaved: [], undoes: null },
})

async function restore(
  planned: readonly NewStep[],
  work: (applying: Applying) => Promise<void>,
): Promise<void> {
  const archive = await testArchive((writer) =>
    oneComponent(writer, (component) => component.entry(...testFile('files/app.db', database))),
  )
  const { signal } = new AbortController()
  const cacheFolder = mkdtempSync(join(folder, 'cache-'))
  const sources = { source: bufferSource(archive.bytes), index: bufferSource(archive.indexBytes) }
  await using reader = await openArchive({ ...sources, cacheFolder, signal })
  const context = {
    request,
    archive: {
      name: 'trial',
      reader,
      facts: null,
      only: [],
      account: null,
      credentials: null,
      trusted: false,
    },
    target: {
      ...login,
      server: { name: 'lab', host: host.ip },
      source: null,
    } as unknown as RestoreContext['target'],
    ...{ mapping: testMapping({ same: true }), sameAccount: true, mark: '0123456789abcdef' },
    ...{ clock: realClock, signal },
  } satisfies RestoreContext
  const restorer: Restorer = {
    ...{ kinds: [], scopes: ['full'] },
    plan: () => Promise.resolve({ ...nothingPlanned, steps: planned }),
  }
  const plan = await makePlan([restorer], context, { items: null })
  const journals = await RestoreJournals.open(join(cacheFolder, 'journals'), {
    log: { write: () => undefined },
  })
  const journal = await journals.begin({
    ...{ job: '01961234-5678-7abc-8def-0123456789ab', startedAt: plan.madeAt, phase: 'running', plan },
    ...{ request: context.request, mark: context.mark, safetyBackup: null, steps: {}, report: null },
    undoneBy: null,
  })
  await work({
    ...{ kinds: stepKinds, journal, began: () => ({ [Symbol.dispose]: () => undefined }) },
    contextOf: (step) => ({
      ...context,
      noted: () => journal.entry.steps[step.id]?.facts ?? {},
      noteFacts: (facts) => journal.step(step.id, null, facts),
      ...{ saved: null, progress: () => undefined, log: () => undefined, remark: () => undefined },
    }),
  })
}

const state = () =>
  shell(
    `cat /etc/hosts; stat -c '%U %a' /etc/hosts /home/alice/app.db; ls -A /home/alice | grep -E 'app.db|holdfast'; ls -A /etc | grep holdfast; /etc/init.d/cron status >/dev/null && echo cron runs; sqlite3 /home/alice/app.db 'SELECT x FROM t' 2>&1`,
  )

describe('a system file and a SQLite database', () => {
  test('are planned, placed and checked', async () => {
    await restore(steps(), async (applying) => {
      await applySteps(applying)
      const reports = await checkSteps(applying)
      expect(reports.map(({ unit, good, of, bad }) => ({ unit, good, of, bad }))).toEqual([
        { unit: 'lines', good: 3, of: 3, bad: [] },
        { unit: 'files', good: 1, of: 1, bad: [] },
        { unit: 'databases', good: 1, of: 1, bad: [] },
      ])
      await commitSteps(applying)
    })
    expect(await state()).toBe(
      '127.0.0.1 localhost\n10.0.0.9 mine\n10.0.0.5 db.example\nroot 644\nalice 640\napp.db\ncron runs\nfrom the backup\n',
    )
  })

  test('are as before where a later step fails', { tags: ['thorough'] }, async () => {
    const before = await shell('cat /etc/hosts; sha256sum /home/alice/app.db*')
    const failing: NewStep = { ...service, service: 'nosuch', action: 'start', when: 'applied' }
    await restore(steps([failing]), async (applying) => {
      await expect(applySteps(applying)).rejects.toMatchObject({ code: 'remote-failed' })
      expect(await shell('ls /home/alice/app.db*')).toBe('/home/alice/app.db\n')
      await rollBackSteps(applying)
      await rollBackSteps(applying)
    })
    expect(await shell('cat /etc/hosts; sha256sum /home/alice/app.db*')).toBe(before)
    expect(await state()).toContain('cron runs')
    expect(await state()).not.toContain('holdfast')
  })

  test(
    'are not touched by root where a tenant could get at the way to them, nor where a link lies',
    { tags: ['thorough'] },
    async () => {
      const path = '/home/alice/hosts'
      const merge: NewStep = {
        ...words,
        kind: 'merge-lines',
        path,
        uid: 0,
        gid: 0,
        mode: 0o644,
        lines: ['x'],
      }
      await restore([merge], async (applying) => {
        await expect(applySteps(applying)).rejects.toMatchObject({ code: 'permission-denied' })
      })
      await shell('ln -sf /etc/passwd /home/alice/linked', 'alice')
      const linked: NewStep = { ...merge, ...ids, path: '/home/alice/linked' }
      await restore([linked], async (applying) => {
        const error: unknown = await applySteps(applying).catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(AppError)
        expect(error).toMatchObject({ code: 'conflict' })
      })
      expect(await shell('readlink /home/alice/linked; ls /home/alice/hosts 2>&1 || true')).toContain(
        '/etc/passwd',
      )
    },
  )
})
