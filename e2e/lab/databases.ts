import { encodedName } from '../../electron/core/collectors/encoded-name.ts'
import { identifier, textLiteral } from '../../electron/core/collectors/mysql/sql.ts'
import { openArchive } from './tree.ts'
import type { LabHost } from './lab.ts'

const client = 'mariadb --default-character-set=utf8mb4 -Nr --force'

async function ask(host: LabHost, sql: string): Promise<string> {
  return (await host.exec(client, { input: Buffer.from(sql), anyCode: true })).stdout
}

/**
 * What a server holds of databases, by its own client: every definition, and a checksum of every table's rows. The
 * time when a trigger was made is left out.
 */
export async function describeMysql(
  host: LabHost,
  databases: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const database of databases) {
    const in_ = (prefix: string) => `WHERE ${prefix}_SCHEMA = ${textLiteral(database)} ORDER BY 2`
    const list = await ask(
      host,
      `SELECT TABLE_TYPE, TABLE_NAME FROM information_schema.TABLES ${in_('TABLE')};
       SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES ${in_('ROUTINE')};
       SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS ${in_('TRIGGER')};
       SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS ${in_('EVENT')};`,
    )
    const objects = list.split('\n').filter((line) => line !== '')
    const questions = objects.map((line) => {
      const [type = '', name = ''] = line.split('\t')
      const isTable = /^(BASE TABLE|SYSTEM VERSIONED|SEQUENCE)$/.test(type)
      const full = `${identifier(database)}.${identifier(name)}`
      const sum = isTable ? `CHECKSUM TABLE ${full};` : ''
      return `SELECT '@@'; SHOW CREATE ${isTable ? 'TABLE' : type} ${full}; ${sum}`
    })
    const answers = (await ask(host, questions.join('\n'))).split('@@\n').slice(1)
    for (const [at, object] of objects.entries()) {
      const made = /\t\d{4}-\d\d-\d\d [\d:.]+$/m
      found.set(`${database}: ${object.replace('\t', ' ')}`, (answers[at] ?? '').replace(made, ''))
    }
  }
  return found
}

/** Opens an archive with plain tar on a server and feeds it to the client by hand, as the archive's description says. */
export async function importMysql(
  host: LabHost,
  archive: Buffer,
  databases: readonly string[],
): Promise<void> {
  const folder = `${await openArchive(host, archive)}/databases/mysql`
  await host.exec(`cd ${folder} && { [ ! -e _users.sql ] || mariadb < _users.sql; } && mariadb < _setup.sql`)
  for (const name of databases) {
    const command = `{ cat; cat '${folder}/${encodedName(name)}.sql'; } | mariadb --default-character-set=utf8mb4`
    await host.exec(command, { input: Buffer.from(`USE ${identifier(name)};\n`) })
  }
  await host.exec(`cd ${folder} && { [ ! -e _grants.sql ] || mariadb < _grants.sql; }`)
}

/** What a PostgreSQL server holds of databases, as pg_dump writes it in plain SQL; keys are `DATABASE`. */
export async function describePostgresql(
  host: LabHost,
  databases: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const database of databases) {
    const { stdout } = await host.exec('cd / && IFS= read -r db && pg_dump -d "$db"', {
      input: Buffer.from(`dbname='${database.replaceAll("'", "\\'")}'\n`),
      user: 'postgres',
    })
    found.set(database, stdout.replaceAll(/^\\(un)?restrict .*\n/gm, ''))
  }
  return found
}

/** Opens an archive with plain tar on a server and feeds it to pg_restore by hand, into databases of `owner`. */
export async function importPostgresql(
  host: LabHost,
  archive: Buffer,
  { databases, owner }: { readonly databases: readonly string[]; readonly owner: string },
): Promise<void> {
  const folder = `${await openArchive(host, archive)}/databases/postgresql`
  const sql = databases.map((name) => {
    const quoted = `"${name.replaceAll('"', '""')}"`
    return `DROP DATABASE IF EXISTS ${quoted};\nCREATE DATABASE ${quoted} OWNER ${owner} TEMPLATE template0;\n`
  })
  const role = `SELECT 'CREATE ROLE ${owner} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${owner}') \\gexec\n`
  await host.exec('cd / && psql -Xqv ON_ERROR_STOP=1', {
    input: Buffer.from(role + sql.join('')),
    user: 'postgres',
  })
  for (const name of databases) {
    const command = `IFS= read -r db && runuser -u postgres -- pg_restore --exit-on-error -d "$db" < '${folder}/${encodedName(name)}.dump'`
    await host.exec(`cd / && ${command}`, { input: Buffer.from(`dbname='${name.replaceAll("'", "\\'")}'\n`) })
  }
}
