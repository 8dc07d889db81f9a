import { isAbsolute } from 'node:path'
import { filePathOf } from '../../../shared/archive-reference.ts'
import type { ArchiveEntry } from '../../../shared/archive-contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { ComponentKind, type Backup } from '../../../shared/model/backup.ts'
import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import type { App } from '../app.ts'
import { extractItems } from '../archive/extract.ts'
import { openIndexCache } from '../archive/index-cache-open.ts'
import type { ListedEntry } from '../archive/index-cache.ts'
import type { ArchiveReader } from '../archive/reader.ts'
import { folderHistory } from '../backups/folder-history.ts'
import { itemHistory } from '../backups/item-history.ts'
import { itemPath } from '../backups/item-path.ts'
import { openBackup, type OpenBackup } from '../backups/open-backup.ts'
import { holds, selectBackup } from '../backups/select.ts'
import type { Handlers } from '../dispatch.ts'
import {
  inspectArchiveFile,
  openArchiveFile,
  type ArchiveFileOptions,
} from '../restores/archive-file/open-archive-file.ts'
import { requireServer } from './require-server.ts'

type ArchiveHandlers = Pick<
  Handlers,
  | 'archive.inspect'
  | 'archive.list'
  | 'archive.find'
  | 'archive.history'
  | 'archive.folderHistory'
  | 'archive.read'
  | 'archive.extract'
>

/** An archive that is open for looking into it; `backupId` names it again. */
type OpenAny = Pick<OpenBackup, 'reader' | 'backupId'> & AsyncDisposable

function shown(entry: ListedEntry): ArchiveEntry {
  return {
    path: toRemoteName(entry.path),
    type: entry.type,
    size: entry.size,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    modified: new Date(Number(entry.mtime / 1_000_000n)).toISOString(),
    sha256: entry.sha256?.toString('hex') ?? null,
    target: entry.linkTarget === null ? null : toRemoteName(entry.linkTarget),
  }
}

/** The component that an item lies in, so that `@latest` means a backup that has it. */
function componentOf(item: string | undefined): ComponentKind | null {
  const [first, second] = (item ?? '').split('/')
  if (first === 'databases') return second === 'mysql' || second === 'postgresql' ? second : null
  return ComponentKind.safeParse(first).data ?? null
}

/** What opening an archive file takes of the product. */
function fileOptions(
  { folders, ports, events, encryption }: App,
  path: string,
  signal: AbortSignal,
): ArchiveFileOptions {
  return {
    cacheFolder: folders.cache,
    clock: ports.clock,
    keys: encryption,
    progress: (progress) => events.publish({ type: 'archive.progress', path, ...progress }),
    signal,
  }
}

async function open(
  app: App,
  reference: string,
  options: { readonly item?: string | undefined; readonly signal: AbortSignal },
): Promise<OpenAny> {
  const { item, signal } = options
  const path = filePathOf(reference)
  if (path !== null) {
    const opened = await openArchiveFile(path, fileOptions(app, path, signal))
    const { reader } = opened
    return { reader, backupId: reference, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
  }
  const backup = selectBackup(app.catalog.list(), reference, { holding: componentOf(item) })
  const { catalog, destinations, encryption, folders } = app
  return openBackup(backup, {
    ...{ catalog, destinations, encryption },
    cacheFolder: folders.cache,
    signal,
  })
}

function find(reader: ArchiveReader, item: string): ListedEntry {
  const entry = reader.stat(itemPath(item, (path) => reader.stat(path) !== null))
  if (!entry) throw new AppError('not-found', `The archive has no ${JSON.stringify(item)}. See: holdfast ls`)
  return entry
}

function list(reader: ArchiveReader, item: string | null): readonly ListedEntry[] {
  if (item === null) return reader.list(Buffer.alloc(0))
  const entry = find(reader, item)
  return entry.type === 'directory' ? reader.list(entry.path) : [entry]
}

const backupsOf = (app: App, { server, source }: Pick<Backup, 'server' | 'source'>): readonly Backup[] =>
  app.catalog.list().filter((each) => each.server === server && each.source === source)

/** A folder of a backup whose index was read before; null where it was not. */
function listCached({ catalog, folders }: App, id: string, item: string | null): ListedEntry[] | null {
  const { size, tree } = catalog.manifest(id).archive
  using cache = openIndexCache({ cacheFolder: folders.cache, id, size, tree })
  return cache?.list(Buffer.from(item === null ? '' : fromRemoteName(item))) ?? null
}

/** Looking into archives, and taking things out of them onto this computer. */
export function archiveHandlers(app: App): ArchiveHandlers {
  return {
    'archive.inspect': ({ path }, { signal }) => inspectArchiveFile(path, fileOptions(app, path, signal)),
    'archive.list': async ({ backup, item }, { signal }) => {
      await using opened = await open(app, backup, { item: item ?? undefined, signal })
      return { entries: list(opened.reader, item).map(shown) }
    },
    'archive.find': async ({ pattern, source, backup, limit }, { signal }) => {
      if (source !== null) requireServer(app, source.server)
      const hits: { backupId: string; backup: string; entry: ArchiveEntry }[] = []
      let more = false
      const backups = app.catalog.list()
      const among = backup === null ? backups : [selectBackup(backups, backup)]
      for (const { id, name, server, source: of } of among) {
        if (source !== null && (source.server !== server || source.source !== of)) continue
        await using opened = await open(app, id, { signal })
        const found = opened.reader.find(pattern, { limit: limit - hits.length })
        hits.push(...found.entries.map((entry) => ({ backupId: id, backup: name, entry: shown(entry) })))
        more ||= found.more
        if (hits.length >= limit) break
      }
      return { hits, more }
    },
    'archive.history': async ({ item, limit, ...of }, { signal }) => {
      const { versions, unread, older } = await itemHistory(backupsOf(app, of), item, {
        ...{ open: ({ id }) => open(app, id, { signal }), limit, signal },
      })
      return {
        versions: versions.map(({ backup: { id }, entry }) => ({
          ...{ backupId: id, entry: entry === null ? null : shown(entry) },
        })),
        unread: unread.map(({ backup: { id }, why }) => ({ backupId: id, why })),
        older,
      }
    },
    'archive.folderHistory': async ({ item, ...of }, { signal }) => {
      const kind = componentOf(item ?? undefined)
      const backups = backupsOf(app, of).filter((backup) => holds(backup, kind))
      const { entries, compared } = await folderHistory(backups, {
        list: ({ id }) => listCached(app, id, item),
        signal,
      })
      return {
        entries: entries.map(({ path, newSince, ...counts }) => ({
          ...{ path: toRemoteName(path), ...counts, newSince: newSince?.startedAt ?? null },
        })),
        ...{ compared, others: backups.length - compared },
      }
    },
    'archive.read': async ({ backup, item, offset, length }, { signal }) => {
      await using opened = await open(app, backup, { item, signal })
      const entry = opened.reader.resolve(find(opened.reader, item))
      const range = { start: Math.min(offset, entry.size), end: Math.min(offset + length, entry.size) }
      const whole = range.start === 0 && range.end === entry.size
      const chunks: Buffer[] = []
      const content = opened.reader.content(entry, whole ? { signal } : { signal, range })
      for await (const chunk of content as AsyncIterable<Buffer>) chunks.push(chunk)
      return { backupId: opened.backupId, size: entry.size, data: Buffer.concat(chunks).toString('base64') }
    },
    'archive.extract': async ({ backup, items, into }, { signal }) => {
      if (!isAbsolute(into))
        throw new AppError('invalid-input', `${into} is not an absolute path. Nothing was written.`)
      await using opened = await open(app, backup, { item: items[0], signal })
      const { reader } = opened
      const paths = items.map((item) => itemPath(item, (path) => reader.stat(path) !== null))
      return await extractItems(reader, paths, { into, signal })
    },
  }
}
