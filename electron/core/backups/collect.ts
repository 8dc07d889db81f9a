import { AppError } from '../../../shared/errors.ts'
import type { ComponentKind, ComponentSummary, Scope } from '../../../shared/model/backup.ts'
import type { Unanswered } from '../../../shared/model/source.ts'
import type { ComponentWriter } from '../archive/archive-writer.ts'
import type { ArchiveWriter } from '../archive/writer.ts'
import type { CollectContext, Collector } from '../collectors/collector.ts'
import type { Selection } from '../collectors/selection.ts'

/** Failures that end the whole job: without a connection nothing more can be had, and a cancel is a cancel. */
const ends: ReadonlySet<AppError['code']> = new Set([
  'cancelled',
  'interrupted',
  'connection-lost',
  'unreachable',
  'no-space',
  'write-failed',
])

interface Context extends Omit<CollectContext, 'component'> {
  /** Told when a component begins. */
  readonly began: (kind: ComponentKind, name: string) => void
}

/** The component that a collector has open, if any. */
interface Open {
  writer: ComponentWriter | null
}

/** Closes what a failed collector left open, as missing; what it had written before stays. */
async function closeFailed(
  archive: ArchiveWriter,
  collector: Collector,
  failure: { readonly open: Open; readonly error: AppError },
): Promise<ComponentSummary> {
  const kind = collector.kinds[0]
  if (kind === undefined) throw failure.error
  const writer = failure.open.writer ?? archive.component(kind, kind)
  writer.warn({ code: 'component-failed', path: writer.name, note: failure.error.message })
  return writer.close({ tool: null, version: null, detail: { error: failure.error.code }, missing: true })
}

async function collectOne(
  archive: ArchiveWriter,
  collector: Collector,
  context: Context,
): Promise<readonly ComponentSummary[]> {
  const open: Open = { writer: null }
  const closed: ComponentSummary[] = []
  const component: CollectContext['component'] = (kind, name) => {
    const writer = archive.component(kind, name)
    open.writer = writer
    context.began(kind, name)
    return {
      kind,
      name,
      entry: (meta, content) => writer.entry(meta, content),
      tar: (stream, options) => writer.tar(stream, options),
      spooled: (body, options) => writer.spooled(body, options),
      warn: (warning) => writer.warn(warning),
      part: (part) => writer.part(part),
      close: async (outcome) => {
        const summary = await writer.close(outcome)
        open.writer = null
        closed.push(summary)
        return summary
      },
    }
  }
  try {
    return await collector.collect({ ...context, component })
  } catch (error) {
    if (context.signal.aborted || !(error instanceof AppError) || ends.has(error.code)) throw error
    context.log.write('error', `${collector.kinds.join(', ')}: ${error.message}`, { code: error.code })
    return [...closed, await closeFailed(archive, collector, { open, error })]
  }
}

const scopesOf: Readonly<Record<Unanswered['kind'], readonly Scope[]>> = {
  mysql: ['full', 'databases'],
  postgresql: ['full', 'databases'],
  mail: ['full', 'email'],
}

/**
 * What the scope wants of parts that did not answer when the server was looked at: for each kind a missing component
 * `_unanswered`, so that no backup is whole without them.
 */
export async function collectUnanswered(
  archive: ArchiveWriter,
  failed: readonly Unanswered[],
  { scope, only }: { readonly scope: Scope; readonly only: Selection },
): Promise<readonly ComponentSummary[]> {
  const summaries: ComponentSummary[] = []
  const wanted = failed.filter(({ kind }) => scopesOf[kind].includes(scope) && only.touchesKind(kind))
  for (const [kind, parts] of Map.groupBy(wanted, (part) => part.kind)) {
    const component = archive.component(kind, '_unanswered')
    for (const { path, why } of parts) component.warn({ code: 'component-failed', path, note: why })
    summaries.push(await component.close({ tool: null, version: null, detail: {}, missing: true }))
  }
  return summaries
}

/**
 * Runs every collector that the source and scope want, one after the other. One that fails closes its component as
 * missing and spoils no other; a lost connection, a full disk or a cancel ends all.
 */
export async function collectAll(
  archive: ArchiveWriter,
  collectors: readonly Collector[],
  { scope, ...context }: Context & { readonly scope: Scope },
): Promise<readonly ComponentSummary[]> {
  const summaries: ComponentSummary[] = []
  for (const collector of collectors) {
    if (!collector.wanted(context.source, scope)) continue
    if (!collector.kinds.some((kind) => context.only.touchesKind(kind))) continue
    summaries.push(...(await collectOne(archive, collector, context)))
  }
  return summaries
}
