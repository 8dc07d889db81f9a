import { file, folder, pax, raw } from './raw-tar.ts'
import { tar, type HostileArchive } from './hostile-archive.ts'

const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex')
const sparse = (size: string) =>
  pax({
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 'hole',
    'GNU.sparse.realsize': size,
  })

/** Things that are no files, rights that nobody asked for, and headers that lie. */
export const specialArchives: readonly HostileArchive[] = [
  tar('a block device', () => [raw({ name: 'sda', type: '4', device: [8, 0] }), file('fine')]),
  tar('a character device', () => [raw({ name: 'mem', type: '3', device: [1, 1] }), file('fine')]),
  tar('a FIFO, and a file in its place', () => [raw({ name: 'fifo', type: '6' }), file('fifo')]),
  tar('a FIFO with a file below', () => [raw({ name: 'fifo', type: '6' }), file('fifo/moo')]),
  tar('a socket', () => [raw({ name: 'socket', type: 's' }), file('fine')], 'broken'),
  tar(
    'a device with content',
    () => [raw({ name: 'null', type: '3', device: [1, 3], content: 'x'.repeat(600) })],
    'broken',
  ),
  tar('unknown kinds', () => [raw({ name: 'a', type: 'Z' }), raw({ name: 'b', type: '\xff' })], 'broken'),
  tar('a contiguous file', () => [raw({ name: 'a', type: '7', content: 'x' })]),
  tar(
    'a volume label and a multi-volume part',
    () => [raw({ name: '../label', type: 'V' }), raw({ name: 'm', type: 'M', content: 'x' })],
    'broken',
  ),
  tar('a GNU dump folder', () => [raw({ name: 'd', type: 'D', content: 'Yfile\0\0' })], 'broken'),
  tar('setuid of root', () => [file('su', 'x', { mode: 0o4755, uid: 0 })]),
  tar('setgid and a sticky folder', () => [file('sg', 'x', { mode: 0o2755, uid: 0 }), folder('tmp', 0o7777)]),
  tar('a mode with bits that do not exist', () => [
    file('m', 'x', { over: [[100, Buffer.from('7777777\0')]] }),
  ]),
  tar('capabilities', () => [pax({ 'SCHILY.xattr.security.capability': capability }), file('cap')]),
  tar('attributes of other name spaces', () => [
    pax({
      'SCHILY.xattr.trusted.overlay.opaque': 'y',
      'SCHILY.xattr.security.selinux': 'system_u:object_r:shadow_t:s0',
      'SCHILY.xattr.user.fine': 'x',
      'RHT.security.selinux': 'system_u:object_r:shadow_t:s0',
    }),
    file('attributes'),
  ]),
  tar('an ACL that is a script', () => [
    pax({ 'SCHILY.acl.access': 'user:root:rwx\n$(id)\n-R /' }),
    file('acl'),
  ]),
  tar('ids beyond all', () => [pax({ uid: '99999999999', gid: '4294967295' }), file('ids')]),
  tar('pax records for every field', () => [
    pax({ uid: '0', gid: '0', uname: 'root', gname: 'root', mtime: '-99999999999.999999999', atime: 'x' }),
    file('fields'),
  ]),
  tar(
    'a pax size that is larger than the archive',
    () => [pax({ size: '99999999999' }), file('a')],
    'broken',
  ),
  tar(
    'a pax size that is smaller than the header says',
    () => [pax({ size: '0' }), file('a', 'x'.repeat(2000))],
    'broken',
  ),
  tar('a pax size that hides a header', ({ victim }) => [
    pax({ size: '1024' }),
    raw({ name: 'a', size: 0 }),
    file(`${victim}/moo`),
    file('b'),
  ]),
  tar('a negative pax size', () => [pax({ size: '-512' }), file('a')], 'broken'),
  tar(
    'a negative size in base-256',
    () => [file('a', 'x', { over: [[124, Buffer.alloc(12, 0xff)]] })],
    'broken',
  ),
  tar(
    'a size beyond all numbers',
    () => [file('a', 'x', { over: [[124, Buffer.from('80ffffffffffffffffffffff', 'hex')]] })],
    'broken',
  ),
  tar(
    'a size that is no number',
    () => [file('a', 'x', { over: [[124, Buffer.from('9e9+1 -2 0x1')]] })],
    'broken',
  ),
  tar('a folder with content', ({ victim }) => [
    raw({ name: 'd', type: '5', content: file(`${victim}/moo`) }),
    file('b'),
  ]),
  tar('a link with content', ({ victim }) => [
    raw({ name: 'l', type: '2', link: 'a', content: file(`${victim}/moo`) }),
    file('b'),
  ]),
  tar(
    'a pax header of 17 MiB',
    () => [raw({ name: 'p', type: 'x', size: 17 * 2 ** 20 }), Buffer.alloc(17 * 2 ** 20, '9')],
    'broken',
  ),
  tar(
    'a pax record with a length that lies',
    () => [raw({ name: 'p', type: 'x', content: '999 path=a\n' }), file('a')],
    'broken',
  ),
  tar(
    'a pax record without an end',
    () => [raw({ name: 'p', type: 'x', content: '12 path=abc' }), file('a')],
    'broken',
  ),
  tar(
    'a pax record of length 0',
    () => [raw({ name: 'p', type: 'x', content: '0 \n' }), file('a')],
    'broken',
  ),
  tar('pax records called __proto__', () => [
    pax({ __proto__x: 'a', constructor: 'x', 'SCHILY.xattr.user.__proto__': 'x' }),
    file('a'),
  ]),
  tar(
    'a sparse file that is larger than it says',
    () => [sparse('10'), file('hole', `1\n0\n600\n${'\0'.repeat(504)}${'x'.repeat(600)}`)],
    'broken',
  ),
  tar(
    'a sparse file with regions out of order',
    () => [sparse('4096'), file('hole', `2\n2048\n512\n0\n512\n`.padEnd(512, '\0') + 'x'.repeat(1024))],
    'broken',
  ),
  tar(
    'a sparse file of a pebibyte',
    () => [sparse(String(2 ** 50)), file('hole', '0\n'.padEnd(512, '\0'))],
    'broken',
  ),
  tar('a sparse map without an end', () => [sparse('4096'), file('hole', '9'.repeat(1024))], 'broken'),
  tar('a sparse name that leads up', () => [
    pax({
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': '../../../victim/moo',
      'GNU.sparse.realsize': '0',
    }),
    file('x', '0\n'.padEnd(512, '\0')),
  ]),
]
