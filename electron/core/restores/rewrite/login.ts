import type { DatabaseEngine } from '../../../../shared/model/source.ts'
import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import type { Secret } from '../../secrets/secret.ts'
import { mapDatabase } from '../mapping.ts'
import type { Draft } from './draft.ts'
import { fromUtf8, utf8, type Literal } from './literal.ts'
import type { PathFinder } from './path-text.ts'

/** A password that a database user has got at the target; `user` is the name there. */
export interface NewPassword {
  readonly engine: DatabaseEngine
  readonly user: string
  readonly password: Secret
}

/** What a file is rewritten for. */
export interface RewriteOptions {
  readonly mapping: RestoreMapping
  readonly passwords: readonly NewPassword[]
}

/** The options as the readers of each kind of file need them. */
export interface RewriteRules extends RewriteOptions {
  readonly finder: PathFinder
}

/** A recognised setting: a string, or an expression at `at` that is none. */
export type Field = { readonly key: string; readonly at: number; readonly literal: Literal | null }

/** The settings of one login. */
export interface LoginFields {
  readonly engine: DatabaseEngine
  readonly database?: Field | undefined
  readonly user?: Field | undefined
  readonly password?: Field | undefined
}

/** The value of a setting, or null where it is no plain string, which is reported. */
function plain(draft: Draft, field: Field | undefined): Literal | null {
  if (field === undefined) return null
  if (field.literal !== null && !field.literal.open) return field.literal
  draft.report(field.at, `${field.key} is not a plain string`)
  return null
}

/** Renames the database and its user and sets the user's new password. Answers the literals that were settings. */
export function rewriteLogin(draft: Draft, login: LoginFields, { mapping, passwords }: RewriteRules): void {
  const { engine } = login
  const [database, user] = [plain(draft, login.database), plain(draft, login.user)]
  const mapped = (literal: Literal, kind: 'databases' | 'databaseUsers') =>
    mapDatabase(mapping[kind], { engine, name: fromUtf8(literal.text) })
  const rename = (field: Field | undefined, literal: Literal | null, kind: 'databases' | 'databaseUsers') => {
    if (field === undefined || literal === null) return null
    const to = mapped(literal, kind)
    const what = kind === 'databases' ? 'database' : 'database user'
    if (to === null) draft.report(field.at, `${field.key} names a ${what} that is not in this backup`)
    else if (utf8(to) !== literal.text) draft.set(literal, utf8(to), what)
    return to
  }
  rename(login.database, database, 'databases')
  const name = rename(login.user, user, 'databaseUsers')
  if (name !== null && login.user !== undefined) {
    draft.login(login.password?.at ?? login.user.at, engine, name)
  }
  const fresh = passwords.find((one) => one.engine === engine && one.user === name)
  if (fresh === undefined) return
  const password = plain(draft, login.password)
  if (password !== null) draft.set(password, utf8(fresh.password.reveal()), 'database password')
  else if (login.password === undefined && login.user !== undefined) {
    draft.report(login.user.at, 'the user has a new password, and there is no password beside it')
  }
}
