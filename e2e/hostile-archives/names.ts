import { file, folder, long, pax, raw, symlink } from './raw-tar.ts'
import { tar, type HostileArchive } from './hostile-archive.ts'

/** Names that mean something to a shell, a terminal, a program or another system. */
export const nameArchives: readonly HostileArchive[] = [
  tar('steps up in the middle', () => [file('a/../../../../victim/moo')]),
  tar('steps up at the end', () => [folder('a/..', 0o777)]),
  tar('dots and slashes around steps', () => [file('.//./..//.././../victim/moo')], 'escapes'),
  tar('a folder that is a step up', () => [folder('..', 0o777)]),
  tar(
    'a ustar prefix that leads up',
    () => [raw({ name: 'moo', prefix: '../../../victim', content: 'x' })],
    'escapes',
  ),
  tar(
    'an absolute ustar prefix',
    ({ victim }) => [raw({ name: 'moo', prefix: victim, content: 'x' })],
    'escapes',
  ),
  tar('a pax path that leads up', () => [pax({ path: '../../../victim/moo' }), file('harmless')], 'escapes'),
  tar(
    'a pax path that is absolute',
    ({ victim }) => [pax({ path: `${victim}/moo` }), file('harmless')],
    'escapes',
  ),
  tar('a global pax path', () => [pax({ path: '../../../victim/moo' }, 'g'), file('a'), file('b')]),
  tar('two pax headers before one file', () => [
    pax({ path: 'fine' }),
    pax({ path: '../../../victim/moo' }),
    file('harmless'),
  ]),
  tar('a GNU long name that leads up', () => [long('L', '../../../victim/moo'), file('harmless')], 'escapes'),
  tar(
    'a GNU long target that leads out',
    ({ victim }) => [long('K', victim), symlink('l', 'fine'), file('l/moo')],
    'escapes',
  ),
  tar('a GNU long name and a pax path that differ', () => [
    long('L', '../../../victim/one'),
    pax({ path: '../../../victim/two' }),
    file('harmless'),
  ]),
  tar('a NUL in a pax path', () => [pax({ path: 'a\0/../../../../victim/moo' }), file('harmless')], 'broken'),
  tar(
    'a NUL in a pax target',
    ({ victim }) => [pax({ linkpath: `${victim}\0x` }), symlink('l', 'fine')],
    'broken',
  ),
  tar('an empty pax path', () => [pax({ path: '' }), file('harmless')]),
  tar('a name of slashes', () => [raw({ name: '///', type: '5' })], 'broken'),
  tar('line breaks', () => [file('a\nb\r\n/victim/moo'), file('x\n../../../victim/moo')]),
  tar('terminal escapes', () => [file('\u001b]0;owned\u0007\u001b[2J'), file('\u009b31m')]),
  tar('letters from right to left', () => [file('exe.\u202etxt.php'), file('\u2066a\u2069')]),
  tar('letters that look alike', () => [file('index.php'), file('indеx.php'), file('\uff0e\uff0e/moo')]),
  tar('accents written in two ways', () => [file('caf\u00e9'), file('cafe\u0301')]),
  tar('both cases', () => [folder('A'), file('A/x'), symlink('a', 'A'), file('a/x')]),
  tar('bytes that are not UTF-8', () => [file(Buffer.from('\xc0\xae\xc0\xae/\xff\xfe', 'latin1'))]),
  tar('names like options', () => [
    file('--checkpoint=1'),
    file('--checkpoint-action=exec=touch ../../../victim/moo'),
    file('-rf'),
    file('--to-command=sh'),
  ]),
  tar('names like commands', () => [
    file('$(touch moo)'),
    file('`touch moo`'),
    file(';touch moo;'),
    file("'x'"),
  ]),
  tar('a drive, a stream, a device of Windows', () => [
    file('C:\\moo'),
    file('a:stream'),
    file('NUL'),
    file('con.txt'),
  ]),
  tar('a name of 300 bytes', () => [long('L', 'n'.repeat(300)), file('n')]),
  tar('a path of 6,000 bytes', () => [long('L', `${'deep/'.repeat(1200)}x`), file('n')]),
  tar('600 folders deep', () => [long('L', `${'d/'.repeat(600)}x`), file('n')]),
]
