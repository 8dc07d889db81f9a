import { oldDatabaseCount, viewWithoutDatabase } from './old-database.ts'
import { parseProgram } from './program-head.ts'
import { quotedName, shownName } from './names.ts'
import { isSymbol, tokensOf } from './sql-tokens.ts'
import type { DumpSession, ProgramContext } from './dump-session.ts'
import type { TargetServer } from './lexing.ts'
import type { ParsedProgram, ProgramKind } from './program-head.ts'
import type { Token } from './sql-tokens.ts'
import type { Refusal } from './table-parts.ts'

/** A trigger, view, routine or event, ready to be made. */
export interface Program {
  readonly kind: ProgramKind
  readonly name: string
  /** Of a trigger: its table. */
  readonly table: string | null
  /** Who it ran as, as the dump has it; null where the dump does not say. */
  readonly definer: string | null
  readonly context: ProgramContext
  /** Run before `sql` where that cannot replace what is there; null where it can. */
  readonly drop: Buffer | null
  /**
   * One statement, without a delimiter, its body byte by byte as in the dump, in `context.characterSetClient`. Must be
   * run by itself, over the protocol, with the final database as the default.
   */
  readonly sql: Buffer
  /** How often its text still names the dumped database, where it goes to another one. */
  readonly oldDatabase: number
}

export interface ProgramOptions {
  readonly server: TargetServer
  readonly definer: { readonly user: string; readonly host: string }
  readonly sources: readonly string[]
  readonly isSource: (database: string) => boolean
  /** Whether the final database has another name than the dumped one. */
  readonly moves: boolean
}

/** A program of a dump, or why it is none that can be made. Its database must be the dumped one. */
export function readProgram(text: string, session: DumpSession, options: ProgramOptions): Program | Refusal {
  const { server, isSource } = options
  const { lexing } = session
  const parsed = parseProgram(text, lexing, server)
  if (parsed === null) return 'not-understood'
  const elsewhere = [parsed.database, parsed.tableDatabase].some((name) => name !== null && !isSource(name))
  if (elsewhere) return 'other-database'
  if (hasClientCommand([...tokensOf(parsed.text, lexing, server)])) return 'forbidden-word'
  const reading = { lexing, server, isSource }
  const view = parsed.kind === 'view' && options.moves ? viewWithoutDatabase(parsed.text, reading) : null
  const body = view ?? parsed.text
  const context = session.context
  return {
    kind: parsed.kind,
    name: shownName(parsed.name, session.charset),
    table: parsed.table === null ? null : shownName(parsed.table, session.charset),
    definer: parsed.definer,
    context: parsed.kind === 'event' ? context : { ...context, timeZone: null },
    drop: dropOf(parsed, server),
    sql: Buffer.from(`${headOf(parsed, options)} ${body}`, 'latin1'),
    oldDatabase: options.moves ? oldDatabaseCount(body, reading, options.sources) : 0,
  }
}

/** MySQL replaces nothing but views. */
function canReplace(kind: ProgramKind, { flavour }: TargetServer): boolean {
  return flavour === 'mariadb' || kind === 'view'
}

/** Always with a definer: without one a program would belong to whoever makes it. */
function headOf({ kind, attributes }: ParsedProgram, { server, definer }: ProgramOptions): string {
  const bytes = (name: string): string => quotedName(Buffer.from(name).toString('latin1'))
  const replaced = ` DEFINER=${bytes(definer.user)}@${bytes(definer.host)}`
  const [algorithm, ...rest] = attributes
  const algorithmFirst = algorithm?.startsWith('ALGORITHM') === true
  const first = algorithmFirst ? ` ${algorithm}` : ''
  const last = (algorithmFirst ? rest : attributes).map((attribute) => ` ${attribute}`).join('')
  return `CREATE${canReplace(kind, server) ? ' OR REPLACE' : ''}${first}${replaced}${last}`
}

function dropOf({ kind, name }: ParsedProgram, server: TargetServer): Buffer | null {
  if (canReplace(kind, server)) return null
  return Buffer.from(`DROP ${kind.toUpperCase()} IF EXISTS ${quotedName(name)}`, 'latin1')
}

/** A `\` outside of texts: what the clients take for a command. `\N` is NULL. */
function hasClientCommand(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => isSymbol(token, '\\') && tokens[at + 1]?.value !== 'N')
}
