import type { DatabaseEngine } from '../../../shared/model/source.ts'
import type { DatabaseLogin } from '../collectors/collector.ts'
import type { RestoreContext } from './restore-context.ts'

/** The login of the account's own configuration that opens a database; null where there is none. */
export function ownLogin(
  { target, request }: Pick<RestoreContext, 'target' | 'request'>,
  { engine, database }: { readonly engine: DatabaseEngine; readonly database: string },
): DatabaseLogin | null {
  const logins = target.look.loginsOf(request.to.account)
  return logins.find((one) => one.engine === engine && one.databases.includes(database)) ?? null
}
