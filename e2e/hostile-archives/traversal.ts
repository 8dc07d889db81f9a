import { file, folder, hardlink, symlink } from './raw-tar.ts'
import { tar, type HostileArchive } from './hostile-archive.ts'

/** The eight ways out that public collections of traversal archives have, and the classic slips. */
export const traversalArchives: readonly HostileArchive[] = [
  tar('absolute path', ({ victim }) => [file(`${victim}/moo`)], 'escapes'),
  tar('absolute path with two slashes', ({ victim }) => [file(`/${victim}/moo`)], 'escapes'),
  tar('one step up', () => [file('../moo')], 'escapes'),
  tar('a folder, then two steps up', () => [folder('tmp'), file('tmp/../../moo')], 'escapes'),
  tar('a link to a file, then the file', ({ victim }) => [symlink('moo', `${victim}/moo`), file('moo')]),
  tar(
    'a link to a folder, then a file in it',
    ({ victim }) => [symlink('tmp', victim), file('tmp/moo')],
    'escapes',
  ),
  tar(
    'a link to itself and one up through it, then a file',
    () => [symlink('cur', '.'), symlink('par', 'cur/..'), file('par/moo')],
    'escapes',
  ),
  tar(
    'a link made through a link, then a file',
    () => [symlink('cur', '.'), symlink('cur/par', '..'), file('par/moo')],
    'escapes',
  ),
  tar(
    'a good file and many steps up',
    ({ victim }) => [file('good.txt', 'good'), file(`${'../'.repeat(20)}${victim.slice(1)}/evil.txt`)],
    'escapes',
  ),
  tar('a good file and many backward steps up', () => [
    file('good.txt', 'good'),
    file(`${'..\\'.repeat(20)}Temp\\evil.txt`),
  ]),
  tar('a slip by a link and a folder of its name', ({ victim }) => [
    symlink('dir', victim),
    folder('dir'),
    file('dir/evil.txt'),
  ]),
  tar('a slip by a hard link to a file outside', ({ victim }) => [
    hardlink('link', `${victim}/secret`),
    file('link', 'overwritten'),
  ]),
]
