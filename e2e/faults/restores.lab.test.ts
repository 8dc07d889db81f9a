import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from './lab-product.ts'

let lab: LabProduct
const shell = (command: string) => lab.host.exec('bash', { input: command }).then(({ stdout }) => stdout)

const tree = () =>
  shell(
    `cd /home/zoe; find . -printf '%p %y %m %u %g %s %l %T@\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum`,
  )
const dump = () => shell('mariadb-dump --skip-dump-date --routines --events --triggers --hex-blob alice_wp')
const leftovers = () =>
  shell(
    `find / -xdev -name '.holdfast*' -not -path '/proc/*'; mariadb -Nre "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME RLIKE '^h[fo]_'; SELECT User FROM mysql.user WHERE User RLIKE '^hf_'"`,
  )

beforeAll(async () => {
  lab = await LabProduct.start(
    { layer: 'seeded', without: ['postgres', 'dovecot'], disk: '600m' },
    `useradd -m -s /bin/bash zoe; cd /home/zoe; mkdir public_html; echo '<h1>' >public_html/index.html
      dd if=/dev/urandom of=film bs=1M count=20 status=none; chown -R zoe: .`,
  )
  await lab.holdfast.run(['backup', 'lab/zoe', '--scope', 'files'])
  await lab.holdfast.run(['backup', 'lab/alice', '--scope', 'databases'])
})

afterAll(() => lab[Symbol.asyncDispose]())

describe('a restore that fails half way', () => {
  test('because the disk over there is full by then leaves the home byte for byte as it was', async () => {
    await shell(
      'cd /home/zoe; rm -r public_html; echo changed >>.profile; head -c 1000 film >short; mv short film',
    )
    const before = await tree()
    await shell(`mv /usr/bin/tar /usr/bin/tar.real; cat >/usr/bin/tar <<'END'
#!/bin/sh
case "$*" in *--extract*)
  free=$(df --output=avail -B1024 / | tail -n 1)
  fallocate -l "$(((free - 8192) * 1024))" /var/tmp/fill ;;
esac
exec /usr/bin/tar.real "$@"
END
chmod 755 /usr/bin/tar`)
    const args = ['restore', 'lab/zoe@latest', '--to', 'lab/zoe', '--scope', 'files', '--confirm', 'zoe']
    const { code, stdout, stderr } = await lab.holdfast.run(args)
    await shell('mv /usr/bin/tar.real /usr/bin/tar; rm -f /var/tmp/fill')
    expect([code, stdout + stderr]).toEqual([13, expect.stringContaining('Everything is as it was before')])
    expect(await tree()).toBe(before)
    expect(await leftovers()).toBe('')
  })

  test('because a line of a dump is refused leaves the database as it was', async () => {
    const folder = join(lab.holdfast.folder, 'repacked')
    await lab.holdfast.run(['extract', 'lab/alice@latest', '--into', folder])
    const file = join(folder, 'databases/mysql/alice_wp.sql')
    const lines = readFileSync(file, 'latin1').split('\n')
    const first = lines.findIndex((line) => line.startsWith('INSERT INTO `wp_posts`'))
    const last = lines.findIndex((line, at) => at >= first && line.endsWith(';'))
    lines.splice(last + 1, 0, ...lines.slice(first, last + 1))
    writeFileSync(file, lines.join('\n'), 'latin1')
    execFileSync('tar', ['-czf', `${folder}.tar.gz`, '-C', folder, '.'])
    await shell('mariadb alice_wp -e "DELETE FROM wp_posts LIMIT 1"')
    const before = await dump()
    const { code, stdout, stderr } = await lab.holdfast.run([
      ...['restore', `${folder}.tar.gz`, '--to', 'lab/alice', '--scope', 'databases'],
      ...['--item', 'databases/mysql/alice_wp', '--confirm', 'alice'],
    ])
    expect([code, stdout + stderr]).toEqual([13, expect.stringContaining('Duplicate entry')])
    expect(await dump()).toBe(before)
    expect(await leftovers()).toBe('')
  })
})
