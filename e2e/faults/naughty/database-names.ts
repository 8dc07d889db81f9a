import { identifier } from '../../../electron/core/collectors/mysql/sql.ts'
import type { LabHost } from '../../lab/lab.ts'
import { filesBetween } from '../archive-files.ts'
import { account, pairs, perl, type Field } from './field.ts'

const mariadb = 'mariadb --default-character-set=utf8mb4 -Nr'

/** Databases with a table `nNUMBER`, each to that number. */
async function numbered(host: LabHost): Promise<Map<string, string>> {
  const input = `SELECT HEX(CONVERT(TABLE_SCHEMA USING utf8mb4)), SUBSTR(TABLE_NAME, 2) FROM information_schema.TABLES
    WHERE TABLE_NAME REGEXP '^n[0-9]+$'`
  const rows = (await host.exec(mariadb, { input })).stdout.split('\n').slice(0, -1)
  const cells = rows.map((row) => row.split('\t') as [hex: string, number: string])
  return new Map(cells.map(([hex, number]) => [Buffer.from(hex, 'hex').toString(), number]))
}

/** Databases of MariaDB. An archive is fed to the client by hand, in place of what is there. */
export const mysqlNames: Field = {
  name: 'MySQL database name',
  async plant(host, strings) {
    const create = strings.map((name, at) => {
      const quoted = identifier(name)
      return `CREATE DATABASE ${quoted}; CREATE TABLE ${quoted}.n${at + 1} (id INT);\n`
    })
    await host.exec(`${mariadb} --force`, { input: create.join(''), anyCode: true })
    const grant = [...(await numbered(host)).keys()].map(
      (name) => `GRANT ALL ON ${identifier(name.replaceAll(/[\\_%]/g, '\\$&'))}.* TO ${account}@localhost;\n`,
    )
    await host.exec(mariadb, { input: `CREATE USER ${account}@localhost;\n${grant.join('')}` })
  },
  live: (host) => numbered(host),
  async wipe(host) {
    const names = [...(await numbered(host)).keys()]
    await host.exec(mariadb, { input: names.map((name) => `DROP DATABASE ${identifier(name)};\n`).join('') })
  },
  async stored(files, host) {
    const names = [...(await numbered(host)).keys()]
    const dumps = filesBetween(files, 'databases/mysql/', '.sql')
    const input = [
      ...names.map((name) => `DROP DATABASE ${identifier(name)};\n`),
      dumps.get('_setup')?.toString() ?? '',
      ...[...dumps].flatMap(([name, dump]) =>
        name.startsWith('_') ? [] : [`USE ${identifier(decodeURIComponent(name))};\n${dump.toString()}`],
      ),
    ]
    await host.exec(mariadb, { input: input.join('') })
    return numbered(host)
  },
}

/** The most bytes of a name that PostgreSQL takes; the rest of a longer one it cuts off, and so takes another. */
const most = 63

const namesInDumps = `use MIME::Base64;
  while (<STDIN>) { chomp; my $name = $_; my $dump = <STDIN>; chomp $dump;
    open my $file, ">", "/run/dump" or die; print $file decode_base64($dump); close $file;
    my $list = \`pg_restore -l /run/dump\`; $list =~ /^;     dbname: (.*)$/m or die; print "$name\\0$1\\0" }`

async function ownedBy(host: LabHost, owner: string): Promise<string[]> {
  const input = `SELECT encode(convert_to(datname, 'UTF8'), 'hex') FROM pg_database
    WHERE pg_get_userbyid(datdba) = '${owner}'`
  const { stdout } = await host.exec('cd / && psql -XAtq', { input, user: 'postgres' })
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((hex) => Buffer.from(hex, 'hex').toString())
}

/** Databases of PostgreSQL, each to itself: a dump says of which one it is. */
export const postgresqlNames: Field = {
  name: 'PostgreSQL database name',
  async plant(host, strings) {
    const fitting = strings.filter((name) => Buffer.byteLength(name) <= most)
    const create = fitting.map(
      (name) => `CREATE DATABASE "${name.replaceAll('"', '""')}" OWNER ${account};\n`,
    )
    const input = `CREATE ROLE ${account};\n${create.join('')}`
    await host.exec('cd / && psql -Xq', { input, user: 'postgres', anyCode: true })
  },
  live: async (host, owner = account) => new Map((await ownedBy(host, owner)).map((name) => [name, name])),
  async wipe(host) {
    const drop = (await ownedBy(host, account)).map(
      (name) => `DROP DATABASE "${name.replaceAll('"', '""')}";\n`,
    )
    await host.exec('cd / && psql -Xq', { input: drop.join(''), user: 'postgres' })
  },
  async stored(files, host) {
    const dumps = filesBetween(files, 'databases/postgresql/', '.dump')
    const input = [...dumps].flatMap(([name, dump]) => [name, dump.toString('base64')])
    const found = pairs(await perl(host, namesInDumps, { input }))
    return new Map([...found].map(([name, database]) => [decodeURIComponent(name), database]))
  },
}
