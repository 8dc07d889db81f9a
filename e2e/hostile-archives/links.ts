import { file, folder, hardlink, pax, raw, symlink } from './raw-tar.ts'
import { tar, type HostileArchive } from './hostile-archive.ts'

/** Links of both kinds, and members that take the place of others. */
export const linkArchives: readonly HostileArchive[] = [
  tar('a chain of links', () => [
    folder('a'),
    folder('a/b'),
    symlink('a/b/up', '../..'),
    symlink('out', 'a/b/up/../../..'),
    file('out/victim/moo'),
  ]),
  tar(
    'a link that is inside by its letters and outside in truth',
    () => [
      folder('deep'),
      folder('deep/deep'),
      symlink('deep/deep/root', '../..'),
      symlink('out', 'deep/deep/root/../../../victim'),
      file('out/moo'),
    ],
    'escapes',
  ),
  tar(
    'a link with a slash at its end',
    ({ victim }) => [symlink('l', `${victim}/`), file('l/moo')],
    'escapes',
  ),
  tar('a link called ..', () => [symlink('..', 'x'), file('moo')]),
  tar('a link called .', ({ victim }) => [symlink('.', victim), file('moo')]),
  tar('a link to itself', () => [symlink('l', 'l'), file('l/moo')]),
  tar('two links to one another', () => [symlink('a', 'b'), symlink('b', 'a'), file('a/moo')]),
  tar('a link to /proc/self/cwd', () => [symlink('l', '/proc/self/cwd/../../../victim'), file('l/moo')]),
  tar('a link without a target', () => [symlink('l', ''), file('l/moo')], 'broken'),
  tar(
    'a link with a long target in pax',
    ({ victim }) => [
      pax({ linkpath: `${victim}/${'./'.repeat(600)}` }),
      symlink('l', 'short'),
      file('l/moo'),
    ],
    'escapes',
  ),
  tar('a folder, then a link in its place', ({ victim }) => [
    folder('d'),
    symlink('d', victim),
    file('d/moo'),
  ]),
  tar('a file in a folder, then a link in place of the folder', ({ victim }) => [
    file('d/a'),
    symlink('d', victim),
    file('d/moo'),
  ]),
  tar('a link behind what is in it', ({ victim }) => [file('d/moo'), symlink('d', victim)]),
  tar('a file, then a folder in its place', () => [file('d'), folder('d'), file('d/moo')]),
  tar('a file in a file', () => [file('d'), file('d/moo')]),
  tar('a link, a file of its name, and again', ({ victim }) => [
    symlink('a', `${victim}/secret`),
    file('a', 'one'),
    symlink('a', `${victim}/secret`),
    file('a', 'two'),
  ]),
  tar('the same name three times', () => [file('a', 'one'), file('./a', 'two'), file('.//a', 'three')]),
  tar(
    'a hard link to a file outside, absolute',
    ({ victim }) => [hardlink('h', `${victim}/secret`)],
    'escapes',
  ),
  tar(
    'a hard link to a file outside, by steps up',
    () => [hardlink('h', '../../../victim/secret')],
    'escapes',
  ),
  tar('a hard link to a file outside, then content', ({ victim }) => [
    hardlink('h', `${victim}/secret`),
    file('h', 'overwritten'),
  ]),
  tar(
    'a hard link with content of its own',
    ({ victim }) => [raw({ name: 'h', type: '1', link: `${victim}/secret`, content: 'overwritten' })],
    'broken',
  ),
  tar('a hard link to a link', ({ victim }) => [
    symlink('l', `${victim}/secret`),
    hardlink('h', 'l'),
    file('h', 'overwritten'),
  ]),
  tar(
    'a hard link through a link',
    ({ victim }) => [symlink('l', victim), hardlink('h', 'l/secret')],
    'escapes',
  ),
  tar('a hard link to what comes later', () => [hardlink('h', 'a'), file('a')]),
  tar('a hard link to itself', () => [hardlink('h', 'h')]),
  tar('a hard link to a folder', () => [folder('d'), hardlink('h', 'd')]),
  tar('hard links in a ring', () => [hardlink('a', 'b'), hardlink('b', 'c'), hardlink('c', 'a')]),
  tar('a hard link over a folder', () => [file('a'), folder('d'), hardlink('d', 'a'), file('d/moo')]),
  tar('a hard link to an attribute file of a process', () => [hardlink('h', '/proc/self/environ')]),
]
