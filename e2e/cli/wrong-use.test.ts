import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Holdfast } from './holdfast.ts'

const Failure = z.object({ error: z.object({ code: z.string(), message: z.string(), details: z.unknown() }) })
let holdfast: Holdfast

const add = ['server', 'add', 'x', '--host', '127.0.0.1', '--user', 'root']
const local = ['destination', 'add', 'local', 'x', '--path']
const set = ['source', 'set', 'nix/alice']
const fingerprint = `SHA256:${'A'.repeat(43)}`
const id = '01890a5d-ac96-774b-bcce-b302099a8057'

beforeAll(async () => {
  holdfast = await Holdfast.create()
  await writeFile(join(holdfast.folder, 'no-key'), 'this is not a key\n')
})

afterAll(() => holdfast[Symbol.asyncDispose]())

test.each<[string, readonly string[], number, string]>([
  ['no command', [], 2, 'invalid-input'],
  ['an unknown command', ['bogus'], 2, 'invalid-input'],
  ['an unknown option', ['backups', '--bogus'], 2, 'invalid-input'],
  ['a missing argument', ['backup'], 2, 'invalid-input'],
  ['an option without its value', ['server', 'add', 'x', '--host'], 2, 'invalid-input'],
  ['a source that is none', ['backup', 'alice'], 2, 'invalid-input'],
  ['an unknown scope', ['backup', 'x/alice', '--scope', 'half'], 2, 'invalid-input'],
  ['an unknown server', ['backup', 'nix/alice'], 4, 'not-found'],
  ['an unknown destination', ['backups', '--dest', 'nix'], 4, 'not-found'],
  ['an unknown backup', ['show', 'nix'], 4, 'not-found'],
  ['an empty name of a backup', ['show', ''], 2, 'invalid-input'],
  ['a name of a backup that is too long', ['show', 'a'.repeat(600)], 2, 'invalid-input'],
  ['a backup of a date that has none', ['ls', 'x/alice@2026-04-08', '../../etc'], 4, 'not-found'],
  ['the backups of an unknown server', ['backups', 'nix/alice'], 4, 'not-found'],
  ['a search in an unknown server', ['find', 'x', '--source', 'nix/alice'], 4, 'not-found'],
  ['the sources of an unknown server', ['sources', 'nix'], 4, 'not-found'],
  ['a word on a source of an unknown server', [...set, '--db', 'x'], 4, 'not-found'],
  ['a word on a source that changes nothing', set, 2, 'invalid-input'],
  ['a change of a server that changes nothing', ['server', 'edit', 'nix'], 2, 'invalid-input'],
  [
    'a host key for an unknown server',
    ['server', 'host-key', 'nix', '--accept', fingerprint],
    4,
    'not-found',
  ],
  ['a jump over an unknown server', [...add, '--agent', '--jump', 'nix'], 4, 'not-found'],
  ['a passphrase for no key', [...add, '--agent', '--key-passphrase-stdin'], 2, 'invalid-input'],
  ['a key that is none', [...add, '--port', '1', '--key', 'HOME/no-key'], 2, 'unsupported'],
  ['a key that is not there', [...add, '--port', '1', '--key', 'HOME/missing'], 4, 'not-found'],
  ['a destination that is a file', [...local, 'HOME/no-key'], 2, 'invalid-input'],
  ['a destination below a file', [...local, 'HOME/no-key/below'], 2, 'invalid-input'],
  ['a destination without a path', [...local, ''], 2, 'invalid-input'],
  ['a destination where the system makes no folder', [...local, '/proc/holdfast'], 14, 'write-failed'],
  ['a data folder that is a file', ['--data', 'HOME/no-key', 'jobs'], 2, 'invalid-input'],
  ['a data folder where the system makes none', ['--data', '/proc/holdfast', 'jobs'], 14, 'write-failed'],
  ['a data folder without a path', ['--data', '', 'jobs'], 2, 'invalid-input'],
  ['a new passphrase that is too short', ['secrets', 'set-passphrase'], 2, 'invalid-input'],
  ['an unknown job', ['job', id], 4, 'not-found'],
  ['a job id that is none', ['job', '../../etc/passwd'], 2, 'invalid-input'],
  [
    'a server name with a slash',
    ['server', 'add', '../x', '--host', 'h', '--user', 'u', '--agent'],
    2,
    'invalid-input',
  ],
  [
    'a host that would be an option',
    ['server', 'add', 'x', '--host=-oProxyCommand', '--user', 'u', '--agent'],
    2,
    'invalid-input',
  ],
  [
    'a user with a space',
    ['server', 'add', 'x', '--host', 'h', '--user', 'a b', '--agent'],
    2,
    'invalid-input',
  ],
  ['a port that is none', [...add, '--agent', '--port', '0'], 2, 'invalid-input'],
  ['two ways to log in', [...add, '--agent', '--key', 'k'], 2, 'invalid-input'],
  ['no way to log in', add, 2, 'invalid-input'],
  ['a sudo password without sudo', [...add, '--agent', '--sudo-password-stdin'], 2, 'invalid-input'],
  ['an empty standard input', [...add, '--password-stdin'], 2, 'invalid-input'],
  ['a fingerprint that is none', [...add, '--agent', '--accept-host-key', 'md5:00'], 2, 'invalid-input'],
  ['a server that does not answer', [...add, '--password-stdin', '--port', '1'], 10, 'unreachable'],
  [
    'a host that does not exist',
    ['server', 'add', 'x', '--host', 'nowhere.invalid', '--user', 'u', '--password-stdin'],
    10,
    'unreachable',
  ],
  [
    'a destination kind that is none',
    ['destination', 'add', 'tape', 'x', '--path', '/tmp'],
    2,
    'invalid-input',
  ],
  ['a deletion without --yes', ['delete', 'x/alice@latest'], 2, 'invalid-input'],
  ['a vault that is not there', ['secrets', 'unlock'], 4, 'not-found'],
  ['a level that is none', ['verify', 'x', '--level', 'deepest'], 2, 'invalid-input'],
])('%s', async (name, words, exit, code) => {
  const args = words.map((word) => word.replace(/^HOME/, holdfast.folder))
  const input = name === 'an empty standard input' ? '' : 'secret\n'
  const json = await holdfast.run(['--json', ...args], { input })
  const plain = await holdfast.run(args, { input })
  expect([plain.code, json.code]).toEqual([exit, exit])
  const { error } = Failure.parse(JSON.parse(json.stdout))
  expect(error.code).toBe(code)
  expect(plain.stdout).toBe('')
  expect(plain.stderr).toMatch(/^holdfast: .+\n$/)
  expect(plain.stderr).not.toMatch(/expected|Invalid|[^.:] Nothing was/)
  expect(plain.stderr).not.toMatch(/\n\s+at |undefined|\[object/)
})

test('help and version are no errors', async () => {
  const [help, version] = await Promise.all([holdfast.run(['backup', '--help']), holdfast.run(['--version'])])
  expect([help.code, version.code]).toEqual([0, 0])
  expect(help.stdout).toContain('Example:\n  holdfast backup web1/alice')
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
