import { advise, remedied, type Remedy } from '../../../../shared/advice.ts'
import type { PlanNote } from '../../../../shared/model/restore-plan.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { RestoreContext } from '../restore-context.ts'
import type { ComparedTree } from './look-and-compare.ts'

/** Room that an entry takes besides its content. */
const entryBytes = 4096

/** Bytes that a tree takes while old and new are both there. */
export function neededBytes({ archived }: Pick<ComparedTree, 'archived'>): number {
  return archived.bytes + archived.entries * entryBytes
}

/** What a person must know of a tree before its restore, what forbids it first. */
export function treeNotes(compared: ComparedTree, context: RestoreContext): PlanNote[] {
  return [...blockers(compared, context), ...warnings(compared)]
}

function blockers(compared: ComparedTree, { target, mapping }: RestoreContext): PlanNote[] {
  const { facts, tree, comparison } = compared
  const root = toRemoteName(tree.root)
  const notes: PlanNote[] = []
  const block = (code: string, text: string, remedy: string | Remedy) =>
    void notes.push({ level: 'blocker', code, text, ...remedied(remedy) })
  const isUser = target.shell.privilege === 'user'
  if (facts.there === 'link' || facts.there === 'file') {
    block(
      'not-a-folder',
      `${root} is ${facts.there === 'file' ? 'a file' : 'a link, or lies behind one, that is not root’s'}, and a restore goes into a folder.`,
      advise`Put a folder in its place, or take single files out of the backup ${{ way: 'extract' }}.`,
    )
  }
  if (facts.there === 'none' && (isUser || !facts.safe)) {
    block('no-root', `${root} is not there, and this login may not make it.`, 'Make the folder first.')
  }
  if (facts.there === 'folder' && !facts.scanned) {
    block(
      'not-permitted',
      `${root} cannot be looked through as ${mapping.user.to}.`,
      `Log in as root or as ${mapping.user.to}, or give the account back the right to enter the folder.`,
    )
  }
  if (!facts.hardLinksProtected && !isUser) {
    block(
      'hard-links',
      'fs.protected_hardlinks is 0 there, so that an account could have root change files of others.',
      'Switch it on with: sysctl fs.protected_hardlinks=1',
    )
  }
  const needed = neededBytes(compared)
  if (facts.freeBytes !== null && facts.freeBytes < needed) {
    block(
      'space',
      `Putting ${root} beside what is there needs ${needed} bytes, and ${facts.freeBytes} are free there.`,
      advise`Make room, or restore folder by folder ${{ way: 'items', items: [] }}.`,
    )
  }
  if (facts.freeInodes !== null && facts.freeInodes > 0 && facts.freeInodes < compared.archived.entries) {
    block(
      'space',
      `The file system of ${root} has room for only ${facts.freeInodes} more files.`,
      'Make room.',
    )
  }
  for (const path of comparison.mounts.slice(0, 20)) {
    block(
      'mount',
      `${root}/${toRemoteName(path)} is a mount point inside of a folder that would be exchanged.`,
      advise`Unmount it for the restore, or name the folders around it ${{ way: 'items', items: [] }}.`,
    )
  }
  for (const path of comparison.stuck.slice(0, 20)) {
    block(
      'kept-in-the-way',
      `${root}/${toRemoteName(path)} stays, but the backup has a file or a link in the place of its folder.`,
      'Move it elsewhere first.',
    )
  }
  return notes
}

function warnings({ facts, tree, comparison, archived, rules }: ComparedTree): PlanNote[] {
  const root = toRemoteName(tree.root)
  const notes: PlanNote[] = []
  const note = (level: 'info' | 'warning', code: string, text: string, remedy: string | null = null) =>
    void notes.push({ level, code, text, remedy })
  if (archived.refusedCount > 0) {
    const first = archived.refused.slice(0, 20).join('; ')
    note('warning', 'refused', `${archived.refusedCount} entries of the archive are left out: ${first}.`)
  }
  if (rules.cut) {
    note(
      'warning',
      'gaps-cut',
      `The backup lacks more of ${root} than its list has room for, so everything that it does not have is kept.`,
    )
  }
  if (facts.fixed.length > 0) {
    note(
      'warning',
      'immutable',
      `Immutable files in ${root}, at first: ${facts.fixed.slice(0, 5).join('; ')}.`,
      'Remove the flag with chattr -i where such a file is to be replaced.',
    )
  }
  if (facts.open.length > 0) {
    note(
      'warning',
      'open-files',
      `Processes work in ${root} (${facts.open.slice(0, 10).join(', ')}); what they write while files are exchanged goes to the old ones.`,
      'Stop or restart them.',
    )
  }
  if (comparison.foreign > 0) {
    note('info', 'foreign-owners', `${comparison.foreign} entries in ${root} are of another owner or group.`)
  }
  for (const path of facts.mounts.slice(0, 20)) {
    note('info', 'mount', `${root}/${toRemoteName(path)} is another file system and stays.`)
  }
  return notes
}
