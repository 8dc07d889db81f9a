import { existsSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Log } from '../ports.ts'
import { removeUnfinished, writeFileAtomically } from './atomic-file.ts'
import { errnoOf, storingError } from './file-error.ts'

/** Takes the data of one version to the next. May throw where the data is not what that version wrote. */
export type Migration = (data: unknown) => unknown

export interface DocumentOptions<S extends z.ZodType> {
  /** Absolute path; its folder exists and only this process writes there. */
  readonly file: string
  readonly schema: S
  /** The version that this program writes, from 1. */
  readonly version: number
  /** From each older version to the next: `{ 1: to2, 2: to3 }`. */
  readonly migrations: Readonly<Record<number, Migration>>
  /** What a new document holds. */
  readonly empty: z.output<S>
  readonly log: Log
  /** True for caches: where nothing can be read, start empty again instead of refusing. Default false. */
  readonly rebuildable?: boolean
}

/** A small set of facts in one JSON file, whole in memory. Values are frozen. */
export interface Document<T> {
  read(): T
  /**
   * Replaces the value, one update after the other, and resolves to the new one when it is on disk. The value
   * stays as it was where `change` throws, its result does not fit the schema, or the disk refuses
   * (`no-space`, `permission-denied`, `write-failed`).
   */
  update(change: (current: T) => T | Promise<T>): Promise<T>
}

const Envelope = z.object({ version: z.int().min(1), data: z.unknown() })

type Loaded<T> =
  | { readonly state: 'absent' | 'damaged' }
  | { readonly state: 'future'; readonly version: number }
  | { readonly state: 'good'; readonly value: T }

/**
 * Opens a document, or a new one where there is no file. One older generation is kept as `<file>.bak`; where the
 * file cannot be read, that one is used and the damaged file stays beside it as `<file>.corrupt-<n>`. Nothing is
 * written before the first update, migrations included.
 * @throws `unsupported` where a newer version wrote the file; `corrupt` where neither generation can be read.
 * Both leave all files as they are.
 */
export async function openDocument<S extends z.ZodType>(
  options: DocumentOptions<S>,
): Promise<Document<z.output<S>>> {
  const { file } = options
  const backup = `${file}.bak`
  const current = await load(file, options)
  if (current.state === 'good') return serve(current.value, options)

  const older = await load(backup, options)
  if (older.state === 'good') {
    const kept = await setAside(file)
    options.log.write('warning', `${basename(file)} could not be read; its backup copy is in use.`, { kept })
    return serve(older.value, options)
  }
  if (current.state === 'absent' && older.state === 'absent') return serve(options.empty, options)
  if (options.rebuildable !== true) throw unreadable(file)
  const kept = [await setAside(file), await setAside(backup)]
  options.log.write('warning', `${basename(file)} could not be read and begins empty.`, { kept })
  return serve(options.empty, options)
}

function unreadable(file: string): AppError {
  return new AppError(
    'corrupt',
    `${file} and its backup copy cannot be read. Both were left as they are: put a good copy there, or move both away to begin with an empty one.`,
    { details: { file } },
  )
}

/** @throws `unsupported` where a newer version wrote it, `permission-denied` where it cannot be opened. */
async function load<S extends z.ZodType>(
  file: string,
  options: DocumentOptions<S>,
): Promise<Exclude<Loaded<z.output<S>>, { state: 'future' }>> {
  const loaded = parse(await readText(file), options)
  if (loaded.state !== 'future') return loaded
  throw new AppError(
    'unsupported',
    `${file} was written by a newer Holdfast. It was left as it is: install the newer version again.`,
    { details: { file, version: loaded.version, known: options.version } },
  )
}

/** The text; empty where the bytes are not readable text; null where there is no file. */
async function readText(file: string): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    if (error instanceof TypeError || errnoOf(error) === 'EIO') return ''
    throw new AppError(
      'permission-denied',
      `${file} cannot be opened. Nothing was changed: check its owner.`,
      {
        cause: error,
      },
    )
  }
}

function parse<S extends z.ZodType>(text: string | null, options: DocumentOptions<S>): Loaded<z.output<S>> {
  if (text === null) return { state: 'absent' }
  try {
    const { version, data } = Envelope.parse(JSON.parse(text))
    if (version > options.version) return { state: 'future', version }
    return { state: 'good', value: options.schema.parse(migrate(data, version, options)) }
  } catch {
    return { state: 'damaged' }
  }
}

function migrate<S extends z.ZodType>(data: unknown, from: number, options: DocumentOptions<S>): unknown {
  let migrated = data
  for (let version = from; version < options.version; version += 1) {
    const step = options.migrations[version]
    if (step === undefined) throw new AppError('internal', `There is no migration from version ${version}.`)
    migrated = step(migrated)
  }
  return migrated
}

/** Moves a damaged file to the first free `.corrupt-<n>`; resolves to that name, or null where there is no file. */
async function setAside(file: string): Promise<string | null> {
  for (let n = 1; ; n += 1) {
    const kept = `${file}.corrupt-${n}`
    if (existsSync(kept)) continue
    try {
      await rename(file, kept)
      return kept
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null
      throw storingError(error, `Could not put the damaged ${file} aside`, 'It was left as it is.')
    }
  }
}

function serve<S extends z.ZodType>(first: z.output<S>, options: DocumentOptions<S>): Document<z.output<S>> {
  const { file, schema, version } = options
  let value = freeze(first)
  let last: Promise<unknown> = removeUnfinished(file).catch(() => undefined)

  const replace = async (change: (current: z.output<S>) => z.output<S> | Promise<z.output<S>>) => {
    const next = schema.parse(await change(value))
    await writeFileAtomically(file, `${JSON.stringify({ version, data: next }, null, 2)}\n`, {
      backup: `${file}.bak`,
    })
    value = freeze(next)
    return value
  }

  return {
    read: () => value,
    update(change) {
      const done = last.then(() => replace(change))
      last = done.catch(() => undefined)
      return done
    },
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}
