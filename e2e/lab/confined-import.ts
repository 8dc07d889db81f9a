import { identifier } from '../../electron/core/collectors/mysql/sql.ts'
import { contextSettings } from '../../electron/core/restores/sql/dump-session.ts'
import { filterTrial } from '../../electron/core/restores/sql/filter-trial.ts'
import type { LabHost } from './lab.ts'
import type { Outcome } from './run.ts'
import type { DumpFilterOptions, FilteredDump } from '../../electron/core/restores/sql/filtered-dump.ts'

/** The database that dumps are read into, and what the confined login may do there. */
export const importDatabase = 'hf_0a1b2c3d'
const privileges = 'CREATE, ALTER, DROP, INDEX, REFERENCES, INSERT, SELECT, LOCK TABLES'

/** Runs statements as root. */
export async function asRoot(host: LabHost, sql: string): Promise<string> {
  const { stdout } = await host.exec('mariadb --default-character-set=utf8mb4 -Nr', {
    input: Buffer.from(sql),
  })
  return stdout
}

/** Makes the confined login, once for a server. */
export async function makeConfinedLogin(host: LabHost): Promise<void> {
  const only = identifier(importDatabase.replaceAll('_', '\\_'))
  await asRoot(
    host,
    `CREATE USER hf_import@localhost IDENTIFIED BY 'confined';
     GRANT ${privileges} ON ${only}.* TO hf_import@localhost;`,
  )
  await host.exec('umask 077; printf "[client]\\nuser=hf_import\\npassword=confined\\n" > /root/confined.cnf')
}

/** Filters a dump and reads what passed into the empty import database, by the confined login. */
export async function importConfined(
  host: LabHost,
  dump: Buffer | string,
  options: Partial<DumpFilterOptions> = {},
): Promise<{ readonly outcome: FilteredDump; readonly run: Outcome }> {
  await asRoot(host, `DROP DATABASE IF EXISTS ${importDatabase}; CREATE DATABASE ${importDatabase};`)
  const { sql, outcome } = await filterTrial(dump, options, [65_536])
  const client = 'EDITOR="touch /tmp/canary/editor" mariadb --defaults-extra-file=/root/confined.cnf'
  const run = await host.exec(`${client} --binary-mode --local-infile=0 ${importDatabase}`, {
    input: sql,
    anyCode: true,
  })
  return { outcome, run }
}

/**
 * Makes programs in a database, as an account's own login would, each as one statement; views as often as it takes
 * until those that they are made of are there.
 */
export async function makePrograms(
  host: LabHost,
  database: string,
  { programs, deferred }: FilteredDump,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<Outcome> {
  const end = '<<hf-5f0c>>'
  const client = `mariadb --no-defaults --default-character-set=utf8mb4 -u${user} -p${password} --binary-mode --delimiter='${end}'`
  const run = (statements: readonly (Buffer | string)[], options = ''): Promise<Outcome> => {
    const first = [`USE ${identifier(database)}`, 'SET system_versioning_alter_history=KEEP']
    const pieces = [...first, ...statements].flatMap((sql) => [Buffer.from(sql), Buffer.from(`\n${end}\n`)])
    return host.exec(`${client} ${options}`, { input: Buffer.concat(pieces), anyCode: true })
  }
  const made = (...kinds: readonly string[]): (Buffer | string)[] =>
    programs
      .filter(({ kind }) => kinds.includes(kind))
      .flatMap(({ context, drop, sql }) => [contextSettings(context), ...(drop === null ? [] : [drop]), sql])
  const routines = await run([...deferred.map(({ sql }) => sql), ...made('procedure', 'function')])
  if (routines.code !== 0) return routines
  const views = programs.filter(({ kind }) => kind === 'view')
  for (const _view of views) await run(made('view'), '--force')
  return run([...made('view'), ...made('trigger'), ...made('event')])
}
