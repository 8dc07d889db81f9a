import { AppError } from '../../../../shared/errors.ts'
import type { ArchivedDatabase } from './archive-roles.ts'
import { anyDatabase, must, tryRun, type Reach } from './over-there.ts'
import { identifier, literal } from './sql.ts'
import type { LiveDatabase } from './target-server.ts'

/** How a new database sorts and writes: as the one that it replaces, else as the backup's. */
export type Locale = Pick<
  ArchivedDatabase | LiveDatabase,
  'encoding' | 'collate' | 'ctype' | 'localeProvider' | 'locale' | 'icuRules'
>

const providers: Readonly<Record<string, readonly [provider: string, locale: string]>> = {
  i: ['icu', 'ICU_LOCALE'],
  b: ['builtin', 'BUILTIN_LOCALE'],
}

function localeOptions(locale: Locale | null): string {
  if (locale === null) return ''
  const { encoding, collate, ctype, localeProvider, locale: own, icuRules } = locale
  const [provider, option] = providers[localeProvider ?? ''] ?? []
  return [
    ` ENCODING${literal(encoding)}`,
    ...(collate == null ? [] : [`LC_COLLATE${literal(collate)}`]),
    ...(ctype == null ? [] : [`LC_CTYPE${literal(ctype)}`]),
    ...(provider === undefined || own == null
      ? []
      : [`LOCALE_PROVIDER ${provider} ${option}${literal(own)}`]),
    ...(icuRules == null ? [] : [`ICU_RULES${literal(icuRules)}`]),
  ].join(' ')
}

/**
 * Makes the database that a dump is read into. Nobody but `login` gets in, which may make things there and owns the
 * schema `public`; the database itself is not its own, so that it has no say over others' sessions.
 */
export async function makeScratch(
  reach: Reach,
  {
    name,
    login,
    locale,
    extensions,
  }: {
    readonly name: string
    readonly login: string
    readonly locale: Locale | null
    /** Extensions that only an administrator may make, with their schemas. */
    readonly extensions: readonly { readonly name: string; readonly schema: string }[]
  },
): Promise<void> {
  const database = identifier(name)
  await must(reach, anyDatabase, {
    what: 'make a second database',
    statements: [
      `CREATE DATABASE ${database} TEMPLATE template0${localeOptions(locale)}`,
      `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
      `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${database} TO ${identifier(login)}`,
    ],
  })
  const schemas = new Set(extensions.map(({ schema }) => schema))
  await must(reach, name, {
    what: 'make the extensions of the second database',
    statements: [
      `ALTER SCHEMA public OWNER TO ${identifier(login)}`,
      ...[...schemas]
        .filter((schema) => schema !== 'public' && schema !== 'pg_catalog')
        .map((schema) => `CREATE SCHEMA ${identifier(schema)} AUTHORIZATION ${identifier(login)}`),
      ...extensions.map((one) => `CREATE EXTENSION ${identifier(one.name)} SCHEMA ${identifier(one.schema)}`),
    ],
  })
}

/** Ends everybody's sessions in a database and removes it; one that is gone already is no error. */
export async function removeDatabase(reach: Reach, name: string): Promise<void> {
  const known = await must(reach, anyDatabase, {
    what: `look for ${name}`,
    statements: [`SELECT 1 FROM pg_database WHERE datname = ${literal(name)}`],
  })
  if (known.trim() === '') return
  await must(reach, anyDatabase, {
    what: `remove the database ${name}`,
    statements: [
      `ALTER DATABASE ${identifier(name)} ALLOW_CONNECTIONS false`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(name)}`,
      `DROP DATABASE ${identifier(name)}`,
    ],
  })
}

/** Removes a role of ours, once nothing is its own any more; one that is gone already is no error. */
export async function removeRole(reach: Reach, name: string): Promise<void> {
  const { error } = await tryRun(reach, anyDatabase, [`DROP ROLE IF EXISTS ${identifier(name)}`])
  if (error === null) return
  throw new AppError(
    'remote-failed',
    `The role ${name} of this restore could not be removed: ${error.text} (${error.code}). Remove it by hand with DROP OWNED and DROP ROLE.`,
  )
}
