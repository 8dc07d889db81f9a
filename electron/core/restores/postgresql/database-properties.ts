import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { mapDatabase } from '../mapping.ts'
import type { StepContext } from '../restore-context.ts'
import { archivedServer, type ArchivedDatabase } from './archive-roles.ts'
import { anyDatabase, must, tryRun } from './over-there.ts'
import { identifier, literal } from './sql.ts'
import type { LiveDatabase, TargetServer } from './target-server.ts'

type Step = StepOf<'import-database'>

const letters: Readonly<Record<string, string>> = { C: 'CREATE', T: 'TEMPORARY', c: 'CONNECT' }

/** Rights on a database, of everybody where `role` is empty. */
interface Right {
  readonly role: string
  readonly privileges: readonly string[]
}

/** Reads `role=CTc/grantor`, as PostgreSQL writes rights; what is not understood gives none. */
export function rightsOf(acl: readonly string[]): Right[] {
  return acl.flatMap((item) => {
    const [, quoted, plain = '', list = ''] = /^(?:"((?:[^"]|"")*)"|([^"=]*))=([A-Za-z*]*)\//.exec(item) ?? []
    const privileges = list.split('').flatMap((letter) => letters[letter] ?? [])
    return privileges.length === 0 ? [] : [{ role: quoted?.replaceAll('""', '"') ?? plain, privileges }]
  })
}

/** Settings that would make somebody else of whoever connects. */
const identities = new Set(['role', 'session_authorization', 'is_superuser'])

function settingsFor(
  wanted: ArchivedDatabase | LiveDatabase,
): readonly { readonly name: string; readonly value: string }[] {
  const ofAll = wanted.settings.filter(({ role }) => role == null)
  return ofAll
    .flatMap(({ settings }) => settings)
    .flatMap((setting) => {
      const [, name = '', value = ''] = /^([A-Za-z_][\w.]*)=([^]*)$/.exec(setting) ?? []
      return name === '' || identities.has(name.toLowerCase()) ? [] : [{ name, value }]
    })
}

/**
 * Gives the second database its owner, and what a dump does not hold: who may connect, settings, a comment, a limit.
 * They are the backup's, else those of the database that it replaces. Settings are made with the owner's rights.
 */
export async function setProperties(
  step: Step,
  context: StepContext,
  { server, live }: { readonly server: TargetServer; readonly live: LiveDatabase | null },
): Promise<void> {
  const { mapping, remark } = context
  const archived = (await archivedServer(context.archive.reader, context)).databases.get(step.fromDatabase)
  const wanted = archived ?? live
  const name = identifier(step.scratch)
  const everybody = { role: '', privileges: ['CONNECT', 'TEMPORARY'] }
  const asked = wanted?.acl == null ? [everybody] : rightsOf(wanted.acl)
  const known = new Set(server.roles.map((role) => role.name))
  const rights = asked.map(({ role, privileges }) => ({
    ...{ privileges },
    role:
      role === '' || archived === undefined
        ? role
        : (mapDatabase(mapping.databaseUsers, { engine: 'postgresql', name: role }) ?? role),
  }))
  const grants = rights.filter(({ role }) => role === '' || (role !== step.owner && known.has(role)))
  await must(context, anyDatabase, {
    what: `make ${step.database} what it was`,
    statements: [
      `ALTER DATABASE ${name} OWNER TO ${identifier(step.owner)}`,
      ...grants.map(
        ({ role, privileges }) =>
          `GRANT ${privileges.join(', ')} ON DATABASE ${name} TO ${role === '' ? 'PUBLIC' : identifier(role)}`,
      ),
      ...(wanted?.comment == null ? [] : [`COMMENT ON DATABASE ${name} IS${literal(wanted.comment)}`]),
      `ALTER DATABASE ${name} CONNECTION LIMIT ${wanted?.connectionLimit ?? -1}`,
    ],
  })
  for (const setting of wanted === null ? [] : settingsFor(wanted)) {
    const { error } = await tryRun(context, anyDatabase, [
      `SET ROLE ${identifier(step.owner)}`,
      `SELECT pg_catalog.set_config(${literal(setting.name)}, ${literal(setting.value)}, false)`,
      `ALTER DATABASE ${name} SET ${identifier(setting.name)} FROM CURRENT`,
    ])
    if (error === null) continue
    remark({
      text: `${step.database}: the setting ${setting.name} was not brought: ${error.text}`,
      remedy: `Set it by hand, with ALTER DATABASE ${step.database} SET`,
    })
  }
}
