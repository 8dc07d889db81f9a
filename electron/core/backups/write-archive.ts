import { toRemoteName } from '../../../shared/remote-name.ts'
import { createArchiveWriter, type FinishedArchive, type Identity } from '../archive/writer.ts'
import { collectors } from '../collectors/registry.ts'
import { Selection } from '../collectors/selection.ts'
import type { JobContext } from '../jobs/job-context.ts'
import { accountCredentials, mayHoldCredentials } from './account/credentials.ts'
import { accountFacts } from './account/facts.ts'
import { lookAtAccount } from './account/look.ts'
import type { BackupParts, BackupRun } from './backup-run.ts'
import { collectAll, collectUnanswered } from './collect.ts'
import type { IndexFile } from './index-file.ts'
import { isGap, resultOf } from './result.ts'
import type { UploadGroup } from './upload-group.ts'

/** What people read while a component is collected. */
function phaseOf(kind: string, name: string): string {
  return kind === name ? kind : `${kind} ${name}`
}

/** What a reader must understand, so that it takes nothing for gone that was only not asked for. */
function limitsOf({ only }: BackupRun['request']): { needs: string[]; only?: string[] } {
  return only.length > 0 ? { needs: ['only'], only } : { needs: [] }
}

function identityOf(run: BackupRun, app: string): Identity {
  const { id, nonce, server, source, request, startedAt, serverId } = run
  return {
    ...{ format: 1, ...limitsOf(request), id, nonce, app },
    source: { kind: source.kind, name: source.name, id: serverId, server: server.name },
    server: server.name,
    scope: request.scope,
    startedAt: startedAt.toISOString(),
  }
}

/** Reads everything that the request wants into one archive and its index, up to the last byte. */
export async function writeArchive(
  run: BackupRun,
  { uploads, index }: { readonly uploads: UploadGroup; readonly index: IndexFile },
  { job, parts }: { readonly job: JobContext; readonly parts: BackupParts },
): Promise<FinishedArchive> {
  const { source, open, request, overrides, look } = run
  const { signal } = job
  const identity = identityOf(run, parts.appName)
  const credentials = request.credentials && mayHoldCredentials(source)
  const only = new Selection(request.only)
  const exclude = [...new Set([...overrides.exclude, ...request.exclude])]
  const accountLook = await lookAtAccount(open.shell, source, { panel: open.survey.panel, signal })
  const secrets = credentials
    ? await accountCredentials(open.shell, source, { look: accountLook, signal })
    : null
  let phase = 'starting'
  await using archive = await createArchiveWriter({
    identity,
    account: accountFacts(source, open.survey, accountLook),
    credentials: secrets?.document ?? null,
    sink: (chunk) => uploads.write(chunk),
    indexSink: (chunk) => index.write(chunk),
    ...{ spoolFolder: parts.spoolFolder, prove: uploads.confirmsAll },
    isGap: (warning) => isGap(warning, overrides.accept),
    progress: ({ bytes, items, current }) =>
      job.progress({ phase, bytes, items, current: current === null ? null : toRemoteName(current) }),
    clock: parts.clock,
    signal,
  })
  for (const note of [...look.notes, ...(secrets?.skipped ?? [])]) archive.skip(note)
  const unanswered = await collectUnanswered(archive, look.failed, { scope: request.scope, only })
  const collected = await collectAll(archive, collectors, {
    ...{
      shell: open.shell,
      survey: open.survey,
      source,
      overrides,
      only,
      exclude,
      credentials,
      signal,
      log: parts.log,
      clock: parts.clock,
    },
    scope: request.scope,
    databaseLogins: look.loginsOf(source.name),
    skip: (item) => archive.skip(item),
    began: (kind, name) => {
      phase = phaseOf(kind, name)
      job.note('info', `Reading ${phase}`)
    },
  })
  const components = [...unanswered, ...collected]
  return await archive.finish({
    ...{ format: 1, ...limitsOf(request), id: run.id, nonce: run.nonce },
    ...{ app: identity.app, source: identity.source },
    ...{ scope: request.scope, startedAt: identity.startedAt, finishedAt: parts.clock.now().toISOString() },
    ...{ trigger: request.trigger, schedule: request.schedule ?? null, exclude, tags: overrides.nobackupTag },
    ...{ result: resultOf(components), components, survey: open.survey },
  })
}
