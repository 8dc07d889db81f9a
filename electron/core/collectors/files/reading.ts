import { type AppError, hasCode } from '../../../../shared/errors.ts'
import type { WarningCode } from '../../../../shared/model/backup.ts'
import type { AccountSource } from '../../../../shared/model/source.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { ComponentWriter } from '../../archive/archive-writer.ts'
import type { Bytes } from '../../remote/shell.ts'
import type { CollectContext } from '../collector.ts'
import type { ExcludeGlobs } from './exclude-globs.ts'
import type { ReadSoFar } from './read-so-far.ts'
import type { Root } from './roots.ts'

interface Trouble {
  readonly path: Buffer
  readonly code: WarningCode
  readonly note: string
}

/** What is wrong with single files, the last word on each counting. Paths are relative to the root. */
export class Troubles {
  readonly #byPath = new Map<string, Trouble>()

  set(path: Buffer, code: WarningCode, note: string): void {
    this.#byPath.set(path.toString('latin1'), { path, code, note })
  }

  clear(path: Buffer): void {
    this.#byPath.delete(path.toString('latin1'))
  }

  get(path: Buffer): Trouble | undefined {
    return this.#byPath.get(path.toString('latin1'))
  }

  withCode(...codes: readonly WarningCode[]): Trouble[] {
    return [...this.#byPath.values()].filter(({ code }) => codes.includes(code))
  }

  all(): Trouble[] {
    return [...this.#byPath.values()]
  }
}

/** A user of the server. `name` is a `RemoteName`, empty for a uid that has none. */
export type Reader = Pick<AccountSource, 'name' | 'uid' | 'gid'>

/** Everything that the steps of reading one root share. */
export interface Reading {
  readonly context: CollectContext
  /** Who reads first: the account, or whoever owns what is read. */
  readonly source: Reader
  readonly component: Pick<ComponentWriter, 'tar' | 'warn'>
  readonly root: Omit<Root, 'kind'>
  readonly globs: Pick<ExcludeGlobs, 'matches'> & { readonly findArgs: readonly Bytes[] }
  readonly soFar: ReadSoFar
  readonly troubles: Troubles
}

/** Who reads, as `hf_as` in the scripts wants it. */
export function accountOf({ name, uid, gid }: Reader) {
  return { user: fromRemoteName(name), uid, gid }
}

/** A path below the root as people and the archive's index know it. */
export function nameOf(reading: Pick<Reading, 'soFar'>, path: Buffer): string {
  return toRemoteName(reading.soFar.place(path))
}

/** Warns of every trouble that is left. A message that went from several names is told of once, or not if it is there. */
export function warnOfTroubles({ troubles, soFar, component }: Reading): void {
  const lost = new Set<string>()
  for (const { path, code, note } of troubles.all()) {
    const message = code === 'vanished' ? soFar.messageAt(path) : null
    if (message !== null && (message.isThere || lost.has(message.name))) continue
    if (message !== null) lost.add(message.name)
    component.warn({ code, path: nameOf({ soFar }, path), note })
  }
}

/** Whether an error spoils one component only. What breaks the connection or this computer's disk spoils all. */
export function isComponentFailure(error: unknown): error is AppError {
  return (
    hasCode(error, 'remote-failed') ||
    hasCode(error, 'tool-missing') ||
    hasCode(error, 'permission-denied') ||
    hasCode(error, 'not-found') ||
    hasCode(error, 'corrupt') ||
    hasCode(error, 'unsupported')
  )
}
