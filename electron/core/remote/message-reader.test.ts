import { expect, test } from 'vitest'
import { MessageReader } from './message-reader.ts'

function read(text: string | Buffer, size: number) {
  const reader = new MessageReader('n0')
  const bytes = Buffer.from(text as string)
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  const { codes, facts, stderr, stderrCut } = reader.read()
  return { codes: [...codes], facts: [...facts], stderr: stderr.map(String), stderrCut }
}

test.each([1, 3, 1000])('messages of ours are told from what tools wrote (pieces of %i bytes)', (size) => {
  const text =
    'tar: a: gone\n\n@@n0 rc 2 tar\n\n@@n0 fact os Debian\n@@n0 .\nunfinished\n@@n0 rc 0 my db\n\nlast\n\n@@n0 rc 1 tar\nend'
  expect(read(text, size)).toEqual({
    codes: [
      ['tar', 1],
      ['my db', 0],
    ],
    facts: [['os', 'Debian']],
    stderr: ['tar: a: gone', 'unfinished', '', 'last', 'end'],
    stderrCut: false,
  })
})

test('a fact may have several lines, and cannot pretend to be another message', () => {
  const text = '\n@@n0 fact a one\n@@n1 rc 0 x\n\ntwo\n@@n0 .\n'
  expect(read(text, 4)).toMatchObject({ codes: [], facts: [['a', 'one\n@@n1 rc 0 x\n\ntwo']], stderr: [] })
})

test('a flood of lines is cut at 100,000, and messages after it still count', () => {
  const result = read('x\n'.repeat(100_001) + '\n@@n0 rc 3 tar\n', 65_536)
  expect(result.stderr.length).toBe(100_000)
  expect(result).toMatchObject({ codes: [['tar', 3]], stderrCut: true })
})

test('a flood of bytes is cut at 16 MiB, a line at 1 MiB', () => {
  const line = 'y'.repeat(1_000_000)
  const many = read(`${line}\n`.repeat(20), 1_000_003)
  expect(many.stderr.length).toBe(16)
  expect(many.stderrCut).toBe(true)
  expect(read('z'.repeat(3_000_000), 65_536)).toMatchObject({ stderrCut: true })
})
