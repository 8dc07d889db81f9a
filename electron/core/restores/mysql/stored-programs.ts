import { gunzipSync, gzipSync } from 'node:zlib'
import { identifier } from '../../collectors/mysql/sql.ts'
import { contextSettings, type ProgramContext } from '../sql/dump-session.ts'
import type { Program } from '../sql/programs.ts'
import type { ProgramKind } from '../sql/program-head.ts'

/** A program as a journal keeps it. */
export interface StoredProgram {
  readonly kind: ProgramKind
  readonly name: string
  /** Of a trigger: its table. */
  readonly table: string | null
  readonly context: ProgramContext
  /** One statement that replaces what is there; base64. */
  readonly sql: string
  /** The character set of its bytes. */
  readonly charset: string
}

/** A program of a dump, to be kept. */
export function storedProgram({ kind, name, table, context, sql }: Program): StoredProgram {
  const charset = context.characterSetClient ?? 'utf8mb4'
  return { kind, name, table, context, sql: sql.toString('base64'), charset }
}

/** The same thing can be made twice under a name, of another kind. */
export function programKey({ kind, name }: Pick<StoredProgram, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

/**
 * The statement that runs any other one, alone: the server prepares a single statement and refuses a text that holds
 * two. The text goes as hexadecimal digits, so that no client reads anything in it.
 */
export function immediate(sql: Buffer, charset = 'utf8mb4'): string {
  return `EXECUTE IMMEDIATE CONVERT(0x${sql.toString('hex')} USING ${charset})`
}

/** Makes a program, under the settings that it was made under. One line. */
export function making({ context, sql, charset }: StoredProgram): string {
  return `${contextSettings(context)}; ${immediate(Buffer.from(sql, 'base64'), charset)}`
}

/** Removes a program, in the session's default database. */
export function dropping({ kind, name }: Pick<StoredProgram, 'kind' | 'name'>): string {
  return immediate(Buffer.from(`DROP ${kind.toUpperCase()} IF EXISTS ${identifier(name)}`))
}

/** A value as a journal keeps it: compressed, as text. */
export function packed(value: unknown): string {
  return gzipSync(JSON.stringify(value)).toString('base64')
}

/** What `packed` was given; null where it was given nothing. */
export function unpacked(text: unknown): unknown {
  return typeof text === 'string'
    ? (JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as unknown)
    : null
}
