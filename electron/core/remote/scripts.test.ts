import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readScript, scriptsFolder } from './script-files.ts'

const parsers = [
  ['dash', '-n'],
  ['bash', '--posix', '-n'],
  ['busybox', 'sh', '-n'],
] as const
const files = readdirSync(scriptsFolder).filter((name) => name.endsWith('.sh'))

test.each(files)('%s is read by every shell', (file) => {
  const input = readFileSync(join(scriptsFolder, file))
  for (const [program, ...args] of parsers) {
    const { stderr, status } = spawnSync(program, args, { input })
    expect([program, stderr.toString(), status]).toEqual([program, '', 0])
  }
})

test.each(['../compose', 'Prologue', 'a/b', ''])('%j is not a script', async (name) => {
  await expect(readScript(name)).rejects.toMatchObject({ code: 'internal' })
})
