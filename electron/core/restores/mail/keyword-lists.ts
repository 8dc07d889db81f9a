import { buffer } from 'node:stream/consumers'
import { AppError } from '../../../../shared/errors.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import type { RestoreArchive, RestoreContext } from '../restore-context.ts'
import { keyOf } from './archived-mail.ts'
import { bytesOf, joined, type Box } from './box-look.ts'
import { keywordListName, parseKeywordList, type KeywordList } from './keyword-letters.ts'

/** Lines that a folder's list of keywords over there lacks. */
export interface KeywordAddition {
  /** Below the mailbox; empty for the inbox. */
  readonly folder: Buffer
  readonly lines: readonly string[]
}

/** A longer list is none of Dovecot's. */
const sizeCap = 65_536

/** The path of a folder's list. */
export const keywordListOf = (folder: Buffer) => joined(folder, Buffer.from(keywordListName))

/** Whether a path is that of a list. */
export function isKeywordList(path: Buffer): boolean {
  return path.subarray(path.lastIndexOf(0x2f) + 1).equals(Buffer.from(keywordListName))
}

function values(box: Box, action: 'read' | 'add' | 'remove') {
  return { user: box.account, uid: box.uid, gid: box.gid, root: bytesOf(box.path), action }
}

/** The list of a folder in the archive; empty where it has none. */
export async function archivedKeywords(
  { reader }: RestoreArchive,
  folder: Buffer,
  { signal }: Pick<RestoreContext, 'signal'>,
): Promise<KeywordList> {
  const entry = reader.stat(keywordListOf(folder))
  if (entry?.type !== 'file' || entry.implied || entry.size > sizeCap) return new Map()
  return parseKeywordList(await buffer(reader.content(entry, { signal })))
}

/** The lists of folders over there, by folder; without those that have none. Changes nothing. */
export async function keywordsThere(
  { target, signal }: RestoreContext,
  box: Box,
  folders: readonly Buffer[],
): Promise<ReadonlyMap<string, KeywordList>> {
  const { output } = await target.shell.run('mail-keywords', {
    ...{ values: values(box, 'read'), args: folders, signal },
  })
  return new Map(
    recordsOf(parseRecords(output), 'list', 2).map(([folder, content]) => [
      keyOf(folder ?? Buffer.alloc(0)),
      parseKeywordList(content ?? Buffer.alloc(0)),
    ]),
  )
}

/** Adds lines to lists as the mailbox's owner, and only where a list is still the one that was read. Throws `conflict`. */
export async function addKeywords(
  context: RestoreContext,
  box: Box,
  additions: readonly KeywordAddition[],
): Promise<void> {
  const said = await change(context, box, { action: 'add', additions })
  if (said.codes.get('done') === 0) return
  const why = said.stderr.some((line) => line.toString() === '@changed')
    ? 'somebody changed the mailbox’s list of keywords meanwhile'
    : `the mailbox’s list of keywords could not be written (${said.stderr.map((line) => toRemoteName(line)).at(-1) ?? 'no reason given'})`
  throw new AppError(
    'conflict',
    `${box.path} could not be restored: ${why}. Nothing of the mailbox was changed; take the restore back and plan it again.`,
    { details: { codes: Object.fromEntries(said.codes) } },
  )
}

/** Takes added lines away again, as far as no message there has their letters. */
export async function removeKeywords(
  context: RestoreContext,
  box: Box,
  additions: readonly KeywordAddition[],
): Promise<void> {
  await change(context, box, { action: 'remove', additions })
}

function change(
  { target, signal }: RestoreContext,
  box: Box,
  {
    action,
    additions,
  }: { readonly action: 'add' | 'remove'; readonly additions: readonly KeywordAddition[] },
) {
  async function* input() {
    for (const { folder, lines } of additions)
      yield Buffer.concat([folder, Buffer.from(`\0${lines.join('\n')}\0`, 'latin1')])
  }
  return target.shell.run('mail-keywords', { values: values(box, action), signal, input: input() })
}

/** As a journal keeps them. */
export function noteOf(additions: readonly KeywordAddition[]) {
  return additions.map(({ folder, lines }) => ({ folder: toRemoteName(folder), lines }))
}

export function fromNote(noted: unknown): KeywordAddition[] {
  const list = Array.isArray(noted) ? (noted as ReturnType<typeof noteOf>) : []
  return list.map(({ folder, lines }) => ({ folder: Buffer.from(fromRemoteName(folder)), lines }))
}
