import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHmac } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import {
  entriesFor,
  formatKnownHosts,
  judgeHostKey,
  parseKnownHosts,
  withHostKey,
  withoutHost,
} from './known-hosts.ts'
import { makeKey } from './test-server.ts'

const key = makeKey().publicKey
const other = makeKey().publicKey
const ed = `ssh-ed25519 ${key.toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'holdfast-known-'))
afterAll(() => rmSync(folder, { recursive: true }))

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

/** Line, host, port. Whether it is about the host is what ssh-keygen says of the name as ssh looks it up. */
const table: readonly (readonly [line: string, host: string, port: number])[] = [
  [`web.example ${ed}`, 'web.example', 22],
  [`web.example ${ed} a comment # more`, 'web.example', 22],
  [`web.example ${ed}`, 'WEB.example', 22],
  [`Web.Example ${ed}`, 'web.example', 22],
  [`web.example ${ed}`, 'web.example', 2222],
  [`web.example ${ed}`, 'web.examples', 22],
  [`web.example ${ed}`, 'eb.example', 22],
  [`[web.example]:2222 ${ed}`, 'web.example', 2222],
  [`[web.example]:2222 ${ed}`, 'web.example', 22],
  [`[web.example]:2222 ${ed}`, 'web.example', 222],
  [`one,web.example,two ${ed}`, 'web.example', 22],
  [`one,two ${ed}`, 'web.example', 22],
  [`one,[web.example]:2222 ${ed}`, 'web.example', 2222],
  [`192.0.2.7 ${ed}`, '192.0.2.7', 22],
  [`web.example,192.0.2.7 ${ed}`, '192.0.2.7', 22],
  [`2001:db8::7 ${ed}`, '2001:db8::7', 22],
  [`2001:DB8::7 ${ed}`, '2001:db8::7', 22],
  [`[2001:db8::7]:2222 ${ed}`, '2001:db8::7', 2222],
  [`${hashed('web.example')} ${ed}`, 'web.example', 22],
  [`${hashed('web.example')} ${ed}`, 'www.example', 22],
  [`${hashed('web.example')} ${ed}`, 'WEB.EXAMPLE', 22],
  [`${hashed('[web.example]:2222')} ${ed}`, 'web.example', 2222],
  [`${hashed('[web.example]:2222')} ${ed}`, 'web.example', 22],
  [`*.example ${ed}`, 'web.example', 22],
  [`*.example ${ed}`, 'example', 22],
  [`* ${ed}`, 'web.example', 22],
  [`*.example,!web.example ${ed}`, 'web.example', 22],
  [`!web.example,*.example ${ed}`, 'mail.example', 22],
  [`!web.example ${ed}`, 'mail.example', 22],
  [`web?.example ${ed}`, 'web1.example', 22],
  [`web?.example ${ed}`, 'web.example', 22],
  [`w*b*e ${ed}`, 'web.example', 22],
  [`[*.example]:2222 ${ed}`, 'web.example', 2222],
  [`@revoked web.example ${ed}`, 'web.example', 22],
  [`@revoked * ${ed}`, 'web.example', 22],
  [`@cert-authority *.example ${ed}`, 'web.example', 22],
  [`# web.example ${ed}`, 'web.example', 22],
  ['', 'web.example', 22],
  ['web.example', 'web.example', 22],
  [`\tweb.example\t${ed.replace(' ', '\t')}`, 'web.example', 22],
  [`  web.example ${ed}`, 'web.example', 22],
  [`web.example  ${ed}\r`, 'web.example', 22],
  [`web.example ${ed}\nweb.example ${ed}`, 'web.example', 22],
  [`@other web.example ${ed}`, 'web.example', 22],
]

describe('a known_hosts file', () => {
  it('has more than forty kinds of lines in this test', () => expect(table.length).toBeGreaterThan(40))

  it.each(table)('is understood as ssh-keygen does: %s for %s port %i', (line, host, port) => {
    const path = join(folder, 'known_hosts')
    writeFileSync(path, `${line}\n`)
    const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
    const found = spawnSync('ssh-keygen', ['-F', name, '-f', path], { encoding: 'utf8' })
    const lines = found.stdout.split('\n').filter((text) => text !== '' && !text.startsWith('# Host '))
    const entries = entriesFor(parseKnownHosts(`${line}\n`), host, port)
    expect(entries.length).toBe(lines.length)
  })

  it.each([`web.example ssh-rsa ${key.toString('base64')}`, 'web.example ssh-ed25519 AAAA'])(
    'says nothing with a line whose key is not what it claims: %s',
    (line) => expect(entriesFor(parseKnownHosts(line), 'web.example', 22)).toEqual([]),
  )

  it('says of a key: known, unknown, changed or revoked', () => {
    const verdict = (text: string, shown = key) =>
      judgeHostKey(entriesFor(parseKnownHosts(text), 'web.example', 22), shown)
    expect(verdict(`web.example ${ed}`)).toEqual({ kind: 'known' })
    expect(verdict('')).toEqual({ kind: 'unknown', certAuthority: false })
    expect(verdict(`@cert-authority * ${ed}`)).toEqual({ kind: 'unknown', certAuthority: true })
    expect(verdict(`web.example ${ed}`, other)).toEqual({ kind: 'changed', known: [key] })
    expect(verdict(`web.example ${ed}`, makeKey('rsa').publicKey).kind).toBe('changed')
    expect(verdict(`web.example ${ed}\n@revoked * ${ed}`)).toEqual({ kind: 'revoked' })
    expect(verdict(`@revoked * ${ed}`, other)).toEqual({ kind: 'unknown', certAuthority: false })
  })

  it('keeps every line as it was when a key is added', () => {
    const text = `# mine\n\n@revoked * ${ed}\r\nnonsense\nx.example ${ed} c`
    const lines = withHostKey(parseKnownHosts(text), 'Web.example', 2222, other)
    expect(formatKnownHosts(lines)).toBe(
      `${text}\n[web.example]:2222 ssh-ed25519 ${other.toString('base64')}\n`,
    )
    expect(withHostKey(lines, 'web.example', 2222, other)).toEqual(lines)
  })

  it('loses the keys of one host only, and never a revocation', () => {
    const text = [
      `web.example,mail.example ${ed} both`,
      `web.example ${ed}`,
      `${hashed('web.example')} ${ed}`,
      `*.example ${ed}`,
      `other.host ${ed}`,
      `@revoked web.example ${ed}`,
    ].join('\n')
    const rest = withoutHost(parseKnownHosts(text), 'web.example', 22)
    expect(formatKnownHosts(rest)).toBe(
      [
        `mail.example ${ed} both`,
        `*.example,!web.example ${ed}`,
        `other.host ${ed}`,
        `@revoked web.example ${ed}`,
        '',
      ].join('\n'),
    )
    expect(entriesFor(rest, 'web.example', 22).map((entry) => entry.marker)).toEqual(['revoked'])
    expect(entriesFor(rest, 'mail.example', 22)).toHaveLength(2)
  })
})
