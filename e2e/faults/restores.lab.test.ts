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
  original = await sums()
})

afterAll(() => lab[Symbol.asyncDispose]())

const sums = () =>
  shell('mariadb -NBe "CHECKSUM TABLE alice_wp.wp_blobs, alice_wp.wp_gen, alice_wp.wp_dates"')
let original: string
let archives = 0

/** alice's backup, taken apart and packed again with other lines in the dump of alice_wp. */
async function repacked(change: (lines: readonly string[]) => readonly string[]): Promise<string> {
  archives += 1
  const folder = join(lab.holdfast.folder, `repacked-${archives}`)
  await lab.holdfast.run(['extract', 'lab/alice@latest', '--into', folder])
  const file = join(folder, 'databases/mysql/alice_wp.sql')
  writeFileSync(file, change(readFileSync(file, 'latin1').split('\n')).join('\n'), 'latin1')
  execFileSync('tar', ['-czf', `${folder}.tar.gz`, '-C', folder, '.'])
  return `${folder}.tar.gz`
}

const restoreDatabase = (archive: string) =>
  lab.holdfast.run([
    ...['restore', archive, '--to', 'lab/alice', '--scope', 'databases'],
    ...['--item', 'databases/mysql/alice_wp', '--confirm', 'alice'],
  ])

describe('a restore that fails half way', () => {
  test(
    'because the disk over there is full by then leaves the home byte for byte as it was',
    { tags: ['thorough'] },
    async () => {
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
    },
  )

  test(
    'because a line of a dump is refused leaves the database as it was',
    { tags: ['thorough'] },
    async () => {
      const archive = await repacked((given) => {
        const lines = [...given]
        const first = lines.findIndex((line) => line.startsWith('INSERT INTO `wp_posts`'))
        const last = lines.findIndex((line, at) => at >= first && line.endsWith(';'))
        lines.splice(last + 1, 0, ...lines.slice(first, last + 1))
        return lines
      })
      await shell('mariadb alice_wp -e "DELETE FROM wp_posts LIMIT 1"')
      const before = await dump()
      const { code, stdout, stderr } = await restoreDatabase(archive)
      expect([code, stdout + stderr]).toEqual([13, expect.stringContaining('Duplicate entry')])
      expect(await dump()).toBe(before)
      expect(await leftovers()).toBe('')
    },
  )
})

describe('a dump of another version', () => {
  test(
    'with the sandbox line and the words of MySQL 8 around it comes like any other',
    { tags: ['thorough'] },
    async () => {
      const archive = await repacked((lines) => [
        '/*M!999999\\- enable the sandbox mode */ ',
        ...lines.slice(0, 1),
        'SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;',
        'SET @@SESSION.SQL_LOG_BIN= 0;',
        "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';",
        ...lines.slice(1),
      ])
      await shell('mariadb alice_wp -e "DELETE FROM wp_blobs; DELETE FROM wp_dates"')
      const { code, stdout, stderr } = await restoreDatabase(archive)
      expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('14 of 14 tables and programs')])
      expect(await sums()).toBe(original)
    },
  )

  test(
    'with a collation that the server does not know is refused, and nothing of the database is touched',
    { tags: ['thorough'] },
    async () => {
      const archive = await repacked((lines) => {
        const at = lines.findIndex((line) => /^\) ENGINE=InnoDB .*utf8mb4/.test(line))
        return lines.with(at, ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;')
      })
      const before = await dump()
      const { code, stdout, stderr } = await restoreDatabase(archive)
      expect([code, stdout + stderr]).toEqual([
        expect.toBeOneOf([5, 13]),
        expect.stringContaining('utf8mb4_0900_ai_ci'),
      ])
      expect(await dump()).toBe(before)
      expect(await leftovers()).toBe('')
    },
  )
})
