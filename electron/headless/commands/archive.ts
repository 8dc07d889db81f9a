import { filePathOf, fileReference, typedFile } from '../../../shared/archive-reference.ts'
import { AppError } from '../../../shared/errors.ts'
import { formatBytes, plural } from '../../../shared/format.ts'
import type { Client } from '../../../shared/client.ts'
import type { ArchiveEntry } from '../../../shared/archive-contract.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { resolve } from 'node:path'
import { parsePath, parseSourceRef } from '../names.ts'
import { FileProgress } from '../print/file-progress.ts'
import { inspectionText } from '../print/inspection.ts'
import { table } from '../print/table.ts'

const typeLetters = { file: '-', directory: 'd', symlink: 'l', hardlink: 'h' } as const

function modeText({ type, mode }: ArchiveEntry): string {
  return typeLetters[type] + (mode & 0o7777).toString(8).padStart(4, '0')
}

function entryRow(entry: ArchiveEntry): string[] {
  const name = entry.target === null ? entry.path : `${entry.path} -> ${entry.target}`
  return [
    modeText(entry),
    `${entry.uid}:${entry.gid}`,
    formatBytes(entry.size),
    entry.modified.slice(0, 19),
    name,
  ]
}

/** What `BACKUP|FILE` means: a file by its absolute path, for the process that owns the data folder may stand elsewhere. */
function reference(typed: string): string {
  const path = typedFile(typed)
  return path === null ? typed : fileReference(resolve(path))
}

/** One call about an archive, with its progress where a file has to be read through. */
async function ask<T>({ client, output }: CommandContext, call: (client: Client) => Promise<T>): Promise<T> {
  const opened = await client()
  using _progress = new FileProgress(opened, output)
  return await call(opened)
}

async function list(context: CommandContext, typed: string, item: string | undefined): Promise<undefined> {
  const found = await ask(context, (client) =>
    client.call('archive.list', { backup: reference(typed), item: item ?? null }),
  )
  context.output.result(
    found,
    table(['MODE', 'OWNER', 'SIZE', 'MODIFIED', 'NAME'], found.entries.map(entryRow)),
  )
}

async function find(
  { client, output }: CommandContext,
  pattern: string,
  options: { readonly source?: string },
): Promise<undefined> {
  const source = options.source === undefined ? null : parseSourceRef(options.source)
  const found = await (await client()).call('archive.find', { pattern, source, limit: 1000 })
  const rows = found.hits.map(({ backup, entry }) => [
    backup,
    formatBytes(entry.size),
    entry.modified.slice(0, 19),
    entry.path,
  ])
  output.result(
    found,
    `${table(['BACKUP', 'SIZE', 'MODIFIED', 'NAME'], rows)}${found.more ? '\n… and more; narrow the pattern.' : ''}`,
  )
}

async function writeOut(chunk: Buffer): Promise<void> {
  if (process.stdout.write(chunk)) return
  await new Promise((drained) => process.stdout.once('drain', drained))
}

async function cat(context: CommandContext, typed: string, item: string): Promise<undefined> {
  if (context.output.json)
    throw new AppError('invalid-input', 'cat writes the content itself; leave --json out. Nothing was read.')
  let from = reference(typed)
  const step = 4_194_304
  for (let offset = 0, size = 1; offset < size;) {
    const piece = await ask(context, (client) =>
      client.call('archive.read', { backup: from, item, offset, length: step }),
    )
    const data = Buffer.from(piece.data, 'base64')
    await writeOut(data)
    size = piece.size
    from = piece.backupId
    offset += data.length
  }
}

async function extract(
  context: CommandContext,
  typed: string,
  items: string[],
  options: { readonly into: string },
): Promise<number> {
  const into = parsePath('--into', options.into)
  const report = await ask(context, (client) =>
    client.call('archive.extract', { backup: reference(typed), items, into }),
  )
  const left = report.left.map(({ path, why }) => `  left out: ${path} (${why})`)
  const counts = `${plural(report.files, 'file')} and ${plural(report.folders, 'folder')}, ${formatBytes(report.bytes)}, into ${report.into}`
  context.output.result(report, [counts, ...left].join('\n'))
  return report.leftCount > 0 ? 3 : 0
}

async function inspect(context: CommandContext, typed: string): Promise<number> {
  const path = resolve(filePathOf(typed) ?? typed)
  const found = await ask(context, (client) => client.call('archive.inspect', { path }))
  context.output.result(found, inspectionText(found))
  return found.faults.length > 0 ? 3 : 0
}

/** `holdfast inspect`, `ls`, `find`, `cat`, `extract` */
export const addArchiveCommands: AddCommands = (program, run) => {
  program
    .command('inspect <file>')
    .description(
      'what an archive file is, found out from its content: what was recognised in it and what was not',
    )
    .addHelpText('after', '\nExample:\n  holdfast inspect cpmove-alice.tar.gz')
    .action(run(inspect))
  program
    .command('ls <backup|file> [item]')
    .description('what lies in an archive')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast ls web1/alice@latest files/public_html\n  holdfast ls ./cpmove-alice.tar.gz mail',
    )
    .action(run(list))
  program
    .command('find <pattern>')
    .description('search the names in all backups, or those of one source')
    .option('--source <server/source>', 'only there')
    .addHelpText('after', '\nExample:\n  holdfast find wp-config.php --source web1/alice')
    .action(run(find))
  program
    .command('cat <backup|file> <item>')
    .description("write one file's content to standard output")
    .addHelpText('after', '\nExample:\n  holdfast cat web1/alice@latest files/.bashrc')
    .action(run(cat))
  program
    .command('extract <backup|file> [item...]')
    .description('write items into a folder on this computer')
    .requiredOption('--into <folder>', 'an empty or new folder')
    .addHelpText('after', '\nExample:\n  holdfast extract web1/alice@latest files/public_html --into ./site')
    .action(run(extract))
}
