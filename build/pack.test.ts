import { execFile } from 'node:child_process'
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { extractFile, listPackage, statFile } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/**
 * Packs the desktop around a program that is not Electron but has its fuses, and looks at what was packed. What a real
 * Electron does with it is not seen here.
 */

const root = dirname(import.meta.dirname)
const run = promisify(execFile)
let folder: string
let unpacked: string
let asar: string
let files: readonly string[]

/** A program with a fuse wire as Electron ships it: version 1, nine fuses, by default on and off. */
async function makeStub(into: string): Promise<void> {
  await mkdir(join(into, 'locales'), { recursive: true })
  await mkdir(join(into, 'resources'))
  await copyFile('/bin/true', join(into, 'electron'))
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, 9]),
    Buffer.from('101100111'),
  ])
  await appendFile(join(into, 'electron'), wire)
  for (const name of ['version', 'resources.pak', 'locales/en-US.pak'])
    await writeFile(join(into, name), '45.4.1')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-pack-'))
  await makeStub(join(folder, 'electron'))
  const options = { cwd: root, env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1', CI: '1' } }
  await run('npm', ['run', '-s', 'build:desktop'], options)
  const program = join(root, 'node_modules/electron-builder/cli.js')
  const output = join(folder, 'packages')
  const flags = [`-c.electronDist=${join(folder, 'electron')}`, `-c.directories.output=${output}`]
  await run(process.execPath, [program, '--linux', 'dir', ...flags, '--publish', 'never'], options)
  unpacked = join(output, 'linux-unpacked')
  asar = join(unpacked, 'resources/app.asar')
  files = listPackage(asar, { isPack: false })
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the package', () => {
  test('has the window, the main process, the preload and the core, and starts with the main process', () => {
    const { main, name } = JSON.parse(extractFile(asar, 'package.json').toString()) as Record<string, string>
    expect({ main, name }).toEqual({ main: 'dist/desktop/electron/main/main.js', name: 'holdfast' })
    expect(files).toEqual(
      expect.arrayContaining([
        `/${main ?? ''}`,
        '/dist/desktop/preload/preload.cjs',
        '/dist/desktop/electron/headless/desktop-core.js',
        '/dist/desktop/electron/core/servers/key-worker.js',
        '/dist/desktop/electron/core/archive/seal/cipher-worker.js',
        '/dist/desktop/electron/core/remote/scripts/survey.sh',
        '/dist/desktop/package.json',
        '/dist/renderer/index.html',
        '/build/icons/tray/idle.png',
        '/THIRD-PARTY-NOTICES.md',
        '/LICENSE',
      ]),
    )
  })

  test('has every script that the sources have', async () => {
    const { stdout } = await run('git', ['ls-files', 'electron/core/remote/scripts'], { cwd: root })
    const scripts = stdout.trim().split('\n')
    expect(scripts.length).toBeGreaterThan(40)
    expect(scripts.filter((path) => !files.includes(`/dist/desktop/${path}`))).toEqual([])
  })

  test('has what runs and nothing else: no sources, tests, tools or keys', () => {
    const [top] = [[...new Set(files.map((path) => path.split('/')[1]))].sort()]
    expect(top).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.md',
      'build',
      'dist',
      'node_modules',
      'package.json',
    ])
    const ours = files.filter((path) => !path.startsWith('/node_modules/'))
    expect(ours.filter((path) => /\.(ts|svelte|map)$|test|\/testing|\.env|\.pem$/.test(path))).toEqual([])
    const strangers = [
      'electron',
      'vite',
      'typescript',
      'vitest',
      '@playwright',
      'electron-builder',
      'node',
      'svelte',
    ]
    expect(strangers.filter((name) => files.includes(`/node_modules/${name}`))).toEqual([])
  })

  test('has every production dependency', async () => {
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>
    }
    const names = Object.keys(dependencies)
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !files.includes(`/node_modules/${name}/package.json`))).toEqual([])
  })

  test('carries the keyring as a file that can be loaded, and ssh2 without its addon', async () => {
    const native = files.filter((path) => path.endsWith('.node'))
    expect(native.length).toBeGreaterThan(0)
    expect(native.every((path) => path.startsWith('/node_modules/@napi-rs/keyring-'))).toBe(true)
    for (const path of native) {
      expect(statFile(asar, path.slice(1))).toMatchObject({ unpacked: true })
      expect((await stat(`${asar}.unpacked${path}`)).size).toBeGreaterThan(100_000)
    }
    expect(files).toContain('/node_modules/ssh2/lib/protocol/crypto.js')
  })

  test('has the programs of the practice server outside of the archive', async () => {
    const path = 'dist/desktop/electron/headless/practice-server/stand-ins/tar'
    expect(statFile(asar, path)).toMatchObject({ unpacked: true })
    expect((await stat(join(`${asar}.unpacked`, path))).isFile()).toBe(true)
  })

  test('looks for no updates, for there is no feed', async () => {
    await expect(stat(join(unpacked, 'resources/app-update.yml'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('has all fuses blown that make it a tool for others', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'holdfast'))
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ]
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ]
    expect(on.map((fuse) => wire[fuse])).toEqual(on.map(() => FuseState.ENABLE))
    expect(off.map((fuse) => wire[fuse])).toEqual(off.map(() => FuseState.DISABLE))
  })
})
