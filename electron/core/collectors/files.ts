import type { ComponentSummary } from '../../../shared/model/backup.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import type { CollectContext, Collector } from './collector.ts'
import { excludeGlobs } from './files/exclude-globs.ts'
import { isComponentFailure, Troubles } from './files/reading.ts'
import { readPaths } from './files/read-paths.ts'
import { readRoot } from './files/read-root.ts'
import { ReadSoFar } from './files/read-so-far.ts'
import { type Root, rootsOf } from './files/roots.ts'

/** The home directory of an account as `files`, and each further absolute path as a component `paths`. */
export const filesCollector: Collector = {
  kinds: ['files', 'paths'],
  wanted: (_source, scope) => scope === 'full' || scope === 'files',
  collect: async (context) => {
    const summaries: ComponentSummary[] = []
    for (const root of rootsOf(context.source)) {
      if (context.only.touches(root.prefix)) summaries.push(await collectRoot(context, root))
    }
    return summaries
  },
}

async function collectRoot(context: CollectContext, root: Root): Promise<ComponentSummary> {
  const path = toRemoteName(root.path)
  const globs = excludeGlobs(context.exclude, { path: root.path.toString(), isHome: root.kind === 'files' })
  const soFar = new ReadSoFar(
    root.prefix,
    root.held.map((held) => held.path),
  )
  const component = context.component(root.kind, root.name)
  const reading = { context, source: context.source, component, root, globs, soFar, troubles: new Troubles() }
  const only = context.only.below(root.prefix)
  try {
    return await component.close(await (only === null ? readRoot(reading) : readPaths(reading, only)))
  } catch (error) {
    if (!isComponentFailure(error)) throw error
    component.warn({ code: 'component-failed', path: toRemoteName(root.prefix), note: error.message })
    return component.close({ tool: 'tar', version: null, detail: { root: path }, missing: true })
  }
}
