import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import { parseRecords, recordsOf } from '../sources/records.ts'
import { excludeGlobs } from './files/exclude-globs.ts'
import { readAgain } from './files/read-again.ts'
import { ReadSoFar } from './files/read-so-far.ts'
import { Troubles, warnOfTroubles } from './files/reading.ts'
import { gnuVersion } from './files/scan.ts'
import type { ComponentSummary } from '../../../shared/model/backup.ts'
import type { CollectContext, Collector } from './collector.ts'

/**
 * The files of the web server, PHP-FPM, certificates and system crontabs that name the source, read as root, with the
 * folders and links on the way to them. What others than root may change is not read. Private keys count as
 * credentials.
 */
export const configCollector: Collector = {
  kinds: ['config'],
  wanted: (source, scope) => scope === 'full' && source.configFiles.length > 0,
  async collect(context) {
    if (context.shell.privilege === 'user') return []
    const { files, version } = await look(context)
    return files.length === 0 ? [] : [await read(context, files, version)]
  },
}

/** The absolute paths that may be read, links included. The others are listed as skipped. */
async function look({ shell, source, credentials, skip, signal }: CollectContext) {
  const values = { credentials: credentials ? 1 : '' }
  const args = source.configFiles.map(fromRemoteName)
  const { output, facts } = await shell.run('config-look', { values, args, signal })
  const records = parseRecords(output)
  for (const [path, why] of recordsOf(records, 'leave', 2)) {
    skip({ path: toRemoteName(path ?? Buffer.alloc(0)), why: why?.toString('utf8') ?? '' })
  }
  const files = recordsOf(records, 'take', 1).map(([path]) => path ?? Buffer.alloc(0))
  return { files, version: gnuVersion(facts.get('tar'), /^tar \(GNU tar\) (\S+)/, 'tar') }
}

async function read(
  context: CollectContext,
  files: readonly Buffer[],
  version: string,
): Promise<ComponentSummary> {
  const component = context.component('config', 'config')
  const prefix = Buffer.from('config')
  const reading = {
    context,
    source: { name: 'root', uid: 0, gid: 0 },
    component,
    root: { name: '/', path: Buffer.from('/'), prefix, held: [] },
    globs: excludeGlobs([], { path: '/', isHome: false }),
    soFar: new ReadSoFar(prefix, []),
    troubles: new Troubles(),
  }
  await readAgain(reading, withFolders(files))
  warnOfTroubles(reading)
  const detail = { files: files.map(toRemoteName), credentials: context.credentials }
  return component.close({ tool: 'tar', version, detail, missing: false })
}

/** Each path once and without the leading slash, a folder right before what lies in it. */
function withFolders(paths: readonly Buffer[]): Buffer[] {
  const names = new Map<string, Buffer>()
  for (const path of paths) {
    for (let at = path.indexOf(0x2f, 1); at > 0; at = path.indexOf(0x2f, at + 1)) {
      names.set(path.toString('latin1', 1, at), path.subarray(1, at))
    }
    names.set(path.toString('latin1', 1), path.subarray(1))
  }
  const inTree = (name: string) => name.replaceAll('/', '\0')
  return [...names].sort(([one], [other]) => (inTree(one) < inTree(other) ? -1 : 1)).map(([, path]) => path)
}
