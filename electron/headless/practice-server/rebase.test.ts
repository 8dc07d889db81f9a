import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { composeScript } from '../../core/remote/compose.ts'
import { scriptsFolder } from '../../core/remote/script-files.ts'
import { rebase, rebasing } from './rebase.ts'

const root = '/tmp/practice/server'

async function sent(pieces: readonly Buffer[]): Promise<string> {
  const stream = rebasing(root)
  const all = buffer(stream)
  for (const piece of pieces) stream.write(piece)
  stream.end()
  return (await all).toString('latin1')
}

test('absolute paths of a script lead into the practice server', () => {
  expect(rebase('PATH=/usr/sbin:/usr/bin:/bin', root)).toBe(
    `PATH=${root}/usr/sbin:${root}/usr/bin:${root}/bin`,
  )
  expect(rebase('for f in /etc/cron.d/* "/var/mail"; do HOME=~root', root)).toBe(
    `for f in ${root}/etc/cron.d/* "${root}/var/mail"; do HOME=${root}/root`,
  )
  expect(rebase('[ -r </etc/x ] && (/usr/bin/id)', root)).toBe(
    `[ -r <${root}/etc/x ] && (${root}/usr/bin/id)`,
  )
})

test('shared folders, parts of other paths, names that only begin alike, and values stay as they are', () => {
  for (const line of [
    'cat /proc/cpuinfo >/dev/null 2>/run/x; cd /; ls /tmp/home',
    '"$home"/etc ${file##*/} a/usr/b ./etc /homes /etc-old /var.d',
    "unset home; home='/home/marina'",
    `set -- '${root}/home/noor' ~rooted`,
  ])
    expect(rebase(line, root)).toBe(line)
})

test('no script that is sent to servers looks outside of the practice server', () => {
  const shared = /^\/(?:$|dev\b|proc\b|run\b|tmp\b|nonexistent\b|0\d\d\b)/
  const outside = readdirSync(scriptsFolder).flatMap((name) => {
    const text = readFileSync(join(scriptsFolder, name), 'utf8')
    return text.split('\n').flatMap((line) => {
      if (/^\s*#/.test(line)) return []
      const paths = rebase(line, root).match(/(?<=(?:^|[\s=:<>(])"?)\/[\w.][\w./*-]*|~\w+/g) ?? []
      return paths
        .filter((path) => !path.startsWith(root) && !shared.test(path))
        .map((path) => `${name}: ${path}`)
    })
  })
  expect(outside).toEqual([])
})

test('a script arrives whole however it is cut, and what follows it passes unchanged and at once', async () => {
  const script = composeScript({
    prologue: 'PATH=/usr/bin',
    body: 'cat /etc/passwd # caf\u00e9',
    settings: { hf_run: 1 },
    values: { name: Buffer.from([0x27, 0xff, 0x0a, 0xfe]) },
    args: [],
  })
  const whole = await sent([script])
  expect(whole).toContain(`PATH=${root}/usr/bin`)
  expect(whole.replaceAll(root, '')).toBe(script.toString('latin1'))
  expect(await sent([...script].map((byte) => Buffer.of(byte)))).toBe(whole)

  const stream = rebasing(root)
  const arrived: Buffer[] = []
  stream.on('data', (chunk: Buffer) => arrived.push(chunk))
  stream.write(script)
  stream.write('. /etc/x')
  await new Promise(setImmediate)
  expect(Buffer.concat(arrived).toString('latin1')).toBe(`${whole}. /etc/x`)
})
