import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { ssh2AddonInUse } from './addon.ts'

/** Makes every native addon of ssh2 look absent in the process that loads it first. */
const hideAddon = `
import { Module } from 'node:module'
const load = Module._load
Module._load = (name, ...rest) => {
  if (name.endsWith('sshcrypto.node')) throw new Error('hidden')
  return load(name, ...rest)
}`

async function probe(...options: string[]): Promise<unknown> {
  const program = join(import.meta.dirname, 'test-addon-probe.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [...options, program])
  return JSON.parse(stdout)
}

const everything = { 'aes128-gcm@openssh.com': 3e6, 'aes256-gcm@openssh.com': 3e6, 'aes256-ctr': 3e6 }

it('has a part in every connection where it was built, and none is needed', async () => {
  const [asBuilt, without] = await Promise.all([
    probe(),
    probe('--import', `data:text/javascript,${encodeURIComponent(hideAddon)}`),
  ])
  expect(asBuilt).toEqual({ addon: ssh2AddonInUse(), outcomes: everything })
  expect(without).toEqual({ addon: false, outcomes: everything })
})
