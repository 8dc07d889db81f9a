import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { afterAll, expect, it } from 'vitest'
import { oneComponent, stillClock, testDraft, testFile, testIdentity } from './test-archive.ts'
import { createArchiveWriter } from './writer.ts'

const size = 9 * 2 ** 30
const signal = new AbortController().signal
const hasBusybox = spawnSync('busybox', ['true']).status === 0

const folder = mkdtempSync(join(tmpdir(), 'huge-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.runIf(hasBusybox)('BusyBox reads a 9 GiB entry and what follows it (needs busybox)', async () => {
  const path = join(folder, 'huge.tar.gz')
  const file = createWriteStream(path)
  await using writer = await createArchiveWriter({
    identity: testIdentity,
    account: null,
    credentials: null,
    sink: (chunk) =>
      new Promise((resolve, reject) => file.write(chunk, (error) => (error ? reject(error) : resolve()))),
    indexSink: () => Promise.resolve(),
    spoolFolder: folder,
    level: 1,
    clock: stillClock,
    signal,
  })
  execFileSync('sh', ['-c', `echo first >huge && truncate -s ${size - 5} huge && echo last >>huge`], {
    cwd: folder,
  })
  const tar = spawn('tar', ['-C', folder, '--format=posix', '-Scf', '-', 'huge'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const summaries = await oneComponent(writer, async (component) => {
    await component.tar(tar.stdout, { map: (meta) => meta, signal })
    await component.entry(...testFile('after', Buffer.from('after\n')))
  })
  expect(summaries[0]?.bytes).toBe(size + 6)
  await writer.finish(testDraft(summaries))
  file.end()
  await finished(file)

  const read = (command: string) => execFileSync('sh', ['-c', command, 'sh', path], { encoding: 'utf8' })
  expect(read('busybox tar -tvzf "$1"')).toMatch(new RegExp(` ${size} .* huge\n.* 6 .* after\n`))
  expect(read('busybox tar -xzOf "$1" huge | tail -c 5')).toBe('last\n')
  expect(read('busybox tar -xzOf "$1" huge | wc -c').trim()).toBe(String(size))
  expect(read('busybox tar -xzOf "$1" after')).toBe('after\n')
  expect(read('tar -xzOf "$1" after')).toBe('after\n')
})
