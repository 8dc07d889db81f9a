import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  existsSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localConnection, localShell, posixShells } from '../../remote/fixture.ts'
import { readScript } from '../../remote/script-files.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import { encodeOperations, treeOperations, type Operation } from './tree-operations.ts'

const { signal } = new AbortController()
const staging = '.holdfast-0123456789abcdef-1'
let root = ''

function put(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** Every entry with its content, mode and time. */
function seen(): string {
  const script = `find . -path ./${staging} -prune -o -printf '%p %y %m %T@ %l\\n' | sort; find . -path ./${staging} -prune -o -type f -exec sha256sum {} + | sort`
  return execFileSync('sh', ['-c', script], { cwd: root }).toString()
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hf-put-'))
  put('site/index.php', 'old')
  put('site/cache/deep/page', 'kept')
  put('site/gone', 'gone')
  put('mail/cur/1', 'mail')
  put('extra/only here', 'extra')
  put('same', 'old same')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const bytes = (...names: readonly string[]) => names.map((name) => Buffer.from(name))

async function* given(data: Buffer): AsyncGenerator<Buffer> {
  yield data
}

class Tree {
  readonly #shell: RemoteShell

  constructor(shell: RemoteShell) {
    this.#shell = shell
  }

  run(action: string, input?: Buffer, more: Readonly<Record<string, string | number>> = {}) {
    const values = {
      ...{
        user: '',
        uid: process.getuid!(),
        gid: process.getgid!(),
        root,
        glob: tmpdir(),
        action,
        name: staging,
      },
      ...{ inside: 1, make: '', back: 0, unmake: 0, stay: 0, around: '', ...more },
    }
    return this.#shell.run('put-tree', { values, signal, ...(input && { input: given(input) }) })
  }

  async prepare(): Promise<void> {
    const source = mkdtempSync(join(tmpdir(), 'hf-new-'))
    mkdirSync(join(source, 'site/new folder'), { recursive: true })
    writeFileSync(join(source, 'site/index.php'), 'new')
    writeFileSync(join(source, 'site/new folder/-x'), 'x')
    writeFileSync(join(source, 'same'), 'new same')
    writeFileSync(join(source, 'added'), 'added')
    symlinkSync('/etc', join(source, 'link'))
    const tar = execFileSync('tar', ['--format=posix', '-cf', '-', 'site', 'same', 'added', 'link'], {
      cwd: source,
    })
    rmSync(source, { recursive: true })
    const { codes } = await this.run('prepare', tar)
    expect([codes.get('start'), codes.get('extract')]).toEqual([0, 0])
  }

  async list(operations: readonly Operation[], back: number): Promise<void> {
    const { codes } = await this.run('list', encodeOperations(operations), { back })
    expect(codes.get('list')).toBe(0)
  }
}

const { forth, back } = treeOperations({
  units: bytes('site', 'extra', 'same', 'added', 'link', 'mail'),
  isThere: (path) => !['added', 'link'].includes(path.toString()),
  isPut: (path) => !['extra', 'mail'].includes(path.toString()),
  kept: bytes('site/cache/deep', 'mail'),
  time: '@1000000000.123456789',
})

async function open(command: (typeof posixShells)[number]['command'] = ['/bin/sh', '-s']): Promise<Tree> {
  const connection = localConnection({ login: command })
  return new Tree(await localShell({ 'put-tree': await readScript('put-tree') }, { connection }))
}

test.each(posixShells)(
  'a tree is exchanged, and what stays moves into the new one: $name',
  async ({ command }) => {
    const tree = await open(command)
    await tree.prepare()
    await tree.list(back, 1)
    await tree.list(forth, 0)
    expect((await tree.run('do')).codes.get('done')).toBe(0)
    expect((await tree.run('clear')).codes.get('done')).toBe(0)
    const now = execFileSync(
      'sh',
      ['-c', 'find . -type f -exec grep -H . {} + | sort; find . -type l; stat -c %.9Y .'],
      { cwd: root },
    )
    expect(now.toString().split('\n')).toEqual([
      './added:added',
      './mail/cur/1:mail',
      './same:new same',
      './site/cache/deep/page:kept',
      './site/index.php:new',
      './site/new folder/-x:x',
      './link',
      '1000000000.123456789',
      '',
    ])
  },
)

test(
  'stopped after any number of renames, all is put back as it was, times included',
  { tags: ['thorough'] },
  async () => {
    const before = seen()
    const tree = await open()
    for (let done = 0; done <= forth.length; done += 1) {
      await tree.prepare()
      await tree.list(back, 1)
      await tree.list(forth.slice(0, done), 0)
      expect((await tree.run('do')).codes.get('done')).toBe(0)
      if (done > 0) expect([done, seen()]).not.toEqual([done, before])
      expect((await tree.run('back')).codes.get('done')).toBe(0)
      expect([done, seen(), existsSync(join(root, staging))]).toEqual([done, before, false])
      expect((await tree.run('back')).codes.get('done')).toBe(0)
    }
  },
)

test('what stays is put back also where the account made a link of its folder meanwhile', async () => {
  const before = seen()
  const outside = mkdtempSync(join(tmpdir(), 'hf-out-'))
  const tree = await open()
  await tree.prepare()
  await tree.list(back, 1)
  await tree.list(forth, 0)
  expect((await tree.run('do')).codes.get('done')).toBe(0)
  // As by a folder that a program of the account had open before.
  rmSync(join(root, staging, 'old/site/cache'), { recursive: true })
  symlinkSync(outside, join(root, staging, 'old/site/cache'))
  expect((await tree.run('back')).codes.get('done')).toBe(0)
  const timeless = (text: string) => text.replaceAll(/ \d+\.\d+ /g, ' ')
  expect([timeless(seen()), existsSync(join(root, staging))]).toEqual([timeless(before), false])
  expect(readdirSync(outside)).toEqual([])
  rmSync(outside, { recursive: true })
})

test('killed while the staging folder is made, the folder around it gets its time back', async () => {
  const before = seen()
  const tree = await open()
  const around = `@${(await tree.run('stamp')).facts.get('time') ?? ''}`
  mkdirSync(join(root, staging, 'new'), { recursive: true })
  expect(seen()).not.toBe(before)
  expect((await tree.run('back', undefined, { around })).codes.get('done')).toBe(0)
  expect([seen(), existsSync(join(root, staging))]).toEqual([before, false])

  await tree.prepare()
  utimesSync(root, 1_000_000_000, 1_000_000_000)
  expect((await tree.run('back', undefined, { around })).codes.get('done')).toBe(0)
  expect(statSync(root).mtimeMs).toBe(1_000_000_000_000)
})

test('a link in the place of a folder is replaced and never followed', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'hf-out-'))
  put('trap/x', 'x')
  const tree = await open()
  await tree.prepare()
  rmSync(join(root, 'site'), { recursive: true })
  symlinkSync(outside, join(root, 'site'))
  await tree.list(
    [
      ['o', Buffer.from('site')],
      ['n', Buffer.from('site')],
    ],
    0,
  )
  expect((await tree.run('do')).codes.get('done')).toBe(0)
  expect(execFileSync('cat', [join(root, 'site/index.php')]).toString()).toBe('new')
  rmSync(join(root, 'site'), { recursive: true })
  symlinkSync(outside, join(root, 'site'))
  writeFileSync(join(outside, 'victim'), 'victim')
  await tree.list([['o', Buffer.from('site/victim')]], 0)
  expect((await tree.run('do')).codes.get('done')).toBe(0)
  expect(existsSync(join(outside, 'victim'))).toBe(true)
  rmSync(outside, { recursive: true })
})

test('what is not as it was sent stops the restore', async () => {
  const tree = await open()
  await tree.prepare()
  const { codes } = await tree.run('attributes', Buffer.from(`sum\0${'0'.repeat(64)}\0same\0`))
  expect(codes.get('done')).not.toBe(0)
})
