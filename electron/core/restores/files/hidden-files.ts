import { isWithin } from '../mapping/map-path.ts'
import type { ArchivedTree } from './archived-tree.ts'
import { modeOf, ownerOf } from './compare-trees.ts'

/** Whether an account may be kept from reading this again: another's, or closed to its own owner. */
export function isHiddenFrom(
  account: number,
  { uid, mode, type }: { readonly uid: number; readonly mode: number; readonly type: string },
): boolean {
  if (type !== 'file' && type !== 'directory') return false
  const needed = type === 'directory' ? 0o500 : 0o400
  return uid !== account || (mode & needed) !== needed
}

/** Files of a tree that the account may not read when they are in place, themselves or for a folder above them. */
export function* hiddenFiles(
  archived: ArchivedTree,
  options: Parameters<typeof ownerOf>[1],
): Generator<Buffer> {
  const account = options.mapping.uid.to
  const closed: Buffer[] = []
  const isHidden = (entry: Parameters<typeof ownerOf>[0]) =>
    isHiddenFrom(account, {
      uid: ownerOf(entry, options).uid,
      mode: modeOf(entry, options.trusted),
      type: entry.type,
    })
  for (const { entry, path } of archived.judged()) {
    if (entry.type === 'directory' && isHidden(entry)) closed.push(path)
  }
  for (const { entry, path } of archived.judged()) {
    if (entry.type !== 'file') continue
    if (isHidden(entry) || closed.some((folder) => isWithin(folder, path))) yield path
  }
}

/** How many names in the tree each file with setuid or setgid has, by its offset in the archive. */
export function namesOfSpecial(archived: ArchivedTree): ReadonlyMap<number, number> {
  const names = new Map<number, number>()
  for (const { path } of archived.judged()) {
    const file = archived.at(path)
    if (file?.type !== 'file' || (file.mode & 0o6000) === 0) continue
    names.set(file.offset, (names.get(file.offset) ?? 0) + 1)
  }
  return names
}
