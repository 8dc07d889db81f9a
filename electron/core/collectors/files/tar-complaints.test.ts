import { expect, test } from 'vitest'
import { readComplaints } from './tar-complaints.ts'

const read = (...lines: string[]) => readComplaints(lines.map((line) => Buffer.from(line, 'latin1')))

test.each([
  ['changed', 'tar: ./log: file changed as we read it'],
  ['vanished', 'tar: ./log: File removed before we read it'],
  ['shrunk', 'tar: ./log: File shrank by 1048576 bytes; padding with zeros'],
  ['shrunk', 'tar: ./log: File shrank by 1 byte; padding with zeros'],
  ['shrunk', 'tar: ./log: Read error at byte 0, while reading 512 bytes: Input/output error'],
  ['unreadable', 'tar: ./log: Cannot open: Permission denied'],
  ['unreadable', 'tar: ./log: Cannot stat: Permission denied'],
  ['unreadable', 'tar: ./log: Cannot open: Input/output error'],
  ['vanished', 'tar: ./log: Cannot stat: No such file or directory'],
  ['vanished', 'tar: ./log: Warning: Cannot open: No such file or directory'],
  ['special', 'tar: ./log: socket ignored'],
  ['left-out', 'tar: ./log: file is on a different filesystem; not dumped'],
  ['left-out', 'tar: ./log/: contains a cache directory tag .nobackup; contents not dumped'],
  ['attributes', 'tar: ./log: Warning: Cannot acl_get_file: Operation not supported'],
  ['attributes', 'tar: ./log: Warning: Cannot flistxattr: Operation not supported'],
])('reads %s from %j', (kind, line) => {
  const { complaints, unknown } = read(line)
  expect(unknown).toEqual([])
  expect(complaints.map((complaint) => [complaint.kind, complaint.path.toString()])).toEqual([[kind, 'log']])
})

test('gives names back as bytes', () => {
  const { complaints } = read(
    '/usr/bin/tar: ./data/nl\\nco\\:lon \\351\\\\ end: Cannot open: Permission denied',
  )
  expect(complaints[0]?.path).toEqual(Buffer.from('data/nl\nco:lon \xe9\\ end', 'latin1'))
})

test('a name that looks like a message stays a name', () => {
  const { complaints } = read(
    'tar: ./x\\: Cannot open\\: Permission denied\\n: File shrank by 5 bytes; padding with zeros',
  )
  expect(complaints[0]).toMatchObject({
    kind: 'shrunk',
    path: Buffer.from('x: Cannot open: Permission denied\n'),
  })
})

test('a tar that cannot read attributes says so of all files', () => {
  const { complaints, unknown } = read('tar: POSIX ACL support is not available')
  expect(unknown).toEqual([])
  expect(complaints[0]).toMatchObject({ kind: 'attributes', path: Buffer.from('.') })
})

test('the root itself is a dot', () => {
  expect(read('tar: .: file changed as we read it').complaints[0]?.path.toString()).toBe('.')
  expect(read('tar: ./: file changed as we read it').complaints[0]?.path.toString()).toBe('.')
})

test('lines that it does not know are kept apart, asides are not', () => {
  const { complaints, unknown } = read(
    'tar: Exiting with failure status due to previous errors',
    'tar: ./x: Cannot frobnicate: Success',
    'tar: memory exhausted',
    'Segmentation fault',
    '',
  )
  expect(complaints).toEqual([])
  expect(unknown).toEqual([
    'tar: ./x: Cannot frobnicate: Success',
    'tar: memory exhausted',
    'Segmentation fault',
  ])
})
