import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { Secret } from '../secrets/secret.ts'
import { composeScript } from './compose.ts'
import type { ScriptParts } from './compose.ts'
import { cutSamples, plainParts, ranWhenCut } from './cut-script.ts'
import { posixShells } from './fixture.ts'
import { readScript } from './script-files.ts'

function compose(parts: Partial<ScriptParts>): Buffer {
  return composeScript({ ...plainParts, ...parts })
}

describe.each(posixShells)('in $name', (shell) => {
  const [program, ...args] = shell.command

  test('a script that was cut in transit runs nothing', { tags: ['thorough'] }, async () => {
    const { text, whole } = cutSamples(await readScript('prologue'))
    for (const sample of [text, whole]) {
      const length = sample('').length
      const ends = Array.from({ length: 60 }, (_, index) => [index, length - 2 - index]).flat()
      const between = Array.from({ length: 25 }, (_, index) => Math.floor((index * length) / 25))
      expect(await ranWhenCut(shell, sample, [...ends, ...between])).toEqual([])
    }
  })

  test('values reach a script as bytes: texts, numbers, secrets, lists and arguments', () => {
    const body = `
      printf '%s|' "$text" "$number" "$secret" "$#" "$@"
      list | od -An -tx1 | tr -d ' \\n'
      printf '|'
      none`
    const bytes = Buffer.from([0xff, 0x0a, 0x27])
    const input = compose({
      body,
      values: { text: bytes, number: 42, secret: new Secret("p'w"), list: ['a', bytes, ''], none: [] },
      args: ['x y', bytes],
    })
    const { stdout, stderr } = spawnSync(program, args, { input })
    expect(stderr.toString()).toBe('')
    expect(stdout.toString('latin1')).toBe("\xff\n'|42|p'w|2|x y|\xff\n'|6100ff0a270000|")
  })

  test('a value never reaches the environment of a program, not even where its name is there already', () => {
    const input = compose({ body: 'env', values: { http_proxy: new Secret('canary') } })
    const { stdout } = spawnSync(program, args, { input, env: { ...process.env, http_proxy: 'exported' } })
    expect(stdout.toString()).toContain('PATH=')
    expect(stdout.toString()).not.toContain('canary')
  })
})

test.each(['hf_nonce', 'A', 'a-b', 'a=1;b', ''])('%j cannot name a value', (name) => {
  expect(() => compose({ values: { [name]: 'x' } })).toThrow(/cannot be the name/)
})
