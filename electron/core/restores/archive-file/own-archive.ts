import type { ArchiveInspection } from '../../../../shared/model/archive-file.ts'
import { type InnerManifest, harmlessWarnings } from '../../../../shared/model/backup.ts'
import { locateManifest } from '../../archive/manifest-locate.ts'
import { verifyArchive } from '../../archive/verify.ts'
import type { ImportRecord } from './import-cache.ts'
import type { StoredFile } from './stored-file.ts'

/** What an archive of ours turned out to be: whole, with its record, or damaged, with what is wrong. */
export interface OwnArchive {
  readonly record: ImportRecord | null
  readonly faults: readonly string[]
}

/**
 * Reads an archive that ends with a manifest of ours from its first byte to its last, as `verify --level deep` does. Null
 * for every other file. Throws `unsupported` where it needs a newer version.
 */
export async function checkOwn(
  file: StoredFile,
  { signal }: { readonly signal: AbortSignal },
): Promise<OwnArchive | null> {
  const { source, report: tell } = file
  const located = file.compression === 'gzip' ? await locateManifest(source, { signal }) : null
  if (located === null) return null
  const report = await verifyArchive({
    ...{ level: 'deep', source, index: null, manifest: null, signal },
    progress: ({ bytes, totalBytes }) => tell({ phase: 'checking', bytes, totalBytes }),
  })
  if (report.verdict === 'good') return { record: recordOf(file, located.manifest), faults: [] }
  return {
    record: null,
    faults: report.findings.map(({ message, path }) => (path === null ? message : `${path}: ${message}`)),
  }
}

function recordOf({ path, source, compression }: StoredFile, manifest: InnerManifest): ImportRecord {
  const inspection: ArchiveInspection = {
    ...{ path, compression, kind: 'holdfast', size: source.size },
    evidence: [
      `It is a whole archive of ${manifest.app}, made of ${manifest.source.server}/${manifest.source.name} at ${manifest.startedAt}.`,
    ],
    user: manifest.source.kind === 'account' ? manifest.source.name : null,
    complete: manifest.result === 'succeeded',
    trusted: true,
    components: manifest.components.map(({ kind, name, items, bytes, warnings, status }) => ({
      ...{ kind, name, items, bytes, messages: null, from: [], evidence: ['Its manifest says so.'] },
      warnings: [
        ...(status === 'missing' ? ['It is missing from this backup.'] : []),
        ...warnings
          .filter(({ code }) => !harmlessWarnings.has(code))
          .map(({ code, path: at }) => `${code}: ${at}`),
      ],
    })),
    ...{ panelData: [], unrecognised: [], unrecognisedCount: 0, refused: [], refusedCount: 0, faults: [] },
    hashes: { unix: 0, mailboxes: 0, databases: 0 },
  }
  return { inspection, hashes: { unix: [], mailboxes: [], databases: [] }, archive: null }
}
