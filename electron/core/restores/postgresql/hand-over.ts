import { z } from 'zod'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { namesOf } from '../mysql/names.ts'
import { ask, must, type Reach } from './over-there.ts'
import { identifier, literal } from './sql.ts'

/**
 * Makes everything in a database that the import's login made the owner's, and takes that login's rights away. The
 * server only changes who owns what; nothing that came with a dump is run.
 */
export async function handOver(
  reach: Reach,
  database: string,
  { step, publicToOwner }: { readonly step: StepOf<'import-database'>; readonly publicToOwner: boolean },
): Promise<void> {
  const { login } = namesOf(step.scratch)
  const [from, to] = [identifier(login), identifier(step.owner)]
  const isOurs = await ask(reach, database, {
    what: 'say whom the schema public belongs to',
    sql: `SELECT coalesce((SELECT to_json(pg_get_userbyid(nspowner) = ${literal(login)}) FROM pg_namespace WHERE nspname = 'public'), 'false')`,
    schema: z.boolean(),
  })
  const usual = await ask(reach, 'template1', {
    what: 'say whom the schema public belongs to',
    sql: `SELECT coalesce((SELECT to_json(pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname = 'public'), '"postgres"')`,
    schema: z.string(),
  })
  await must(reach, database, {
    what: `give ${step.database} to ${step.owner}`,
    statements: [
      ...(isOurs && !publicToOwner ? [`ALTER SCHEMA public OWNER TO ${identifier(usual)}`] : []),
      `REASSIGN OWNED BY ${from} TO ${to}`,
      `DROP OWNED BY ${from}`,
    ],
  })
}
