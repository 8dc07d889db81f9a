import { execFile, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findElectron } from './find-electron.ts'

const run = promisify(execFile)
const program = join(import.meta.dirname, 'start.ts')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('npm start', () => {
  test.runIf(process.platform === 'linux')(
    'runs the Electron that it is given with this product',
    async () => {
      const dist = join(folder, 'dist')
      await mkdir(dist)
      const electron = join(dist, 'electron')
      await writeFile(electron, '#!/bin/sh\nprintf "%s\\n" "$@"\n')
      await chmod(electron, 0o755)
      const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: dist }
      const { stdout } = await run(process.execPath, ['--no-warnings', program, '--hidden'], { env })
      expect(stdout.trim().split('\n').slice(-2)).toEqual([join(import.meta.dirname, '../..'), '--hidden'])
    },
  )

  test('says in one line where there is none, and serves the same window', async () => {
    const env = {
      ...process.env,
      ...{ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'none'), HOLDFAST_DATA: join(folder, 'data') },
      ...{ DISPLAY: '', WAYLAND_DISPLAY: '' },
    }
    const child = spawn(process.execPath, ['--no-warnings', program], { env })
    let said = ''
    const address = await new Promise<string | undefined>((resolve) => {
      const hear = (piece: Buffer) => {
        said += piece.toString()
        const found = /http:\/\/127\.0\.0\.1:\d+\/#launch=\S+|not been built yet/.exec(said)
        if (found) resolve(found[0])
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
    })
    child.kill('SIGTERM')
    await new Promise((resolve) => child.on('exit', resolve))
    expect(said).toMatch(/^Electron is not here and could not be fetched: .+\n/)
    expect(address).toBeDefined()
  })
})

test('an Electron of another version than the package is none', async () => {
  const home = join(folder, 'root/node_modules/electron')
  await mkdir(join(home, 'dist'), { recursive: true })
  await writeFile(join(home, 'package.json'), '{"version":"45.4.1"}')
  await writeFile(join(home, 'dist/electron'), '')
  const found = () => findElectron({ root: join(folder, 'root'), env: {}, platform: 'linux' })
  expect(found()).toBeNull()
  await writeFile(join(home, 'dist/version'), 'v44.0.0')
  expect(found()).toBeNull()
  await writeFile(join(home, 'dist/version'), '45.4.1')
  expect(found()).toBe(join(home, 'dist/electron'))
})
