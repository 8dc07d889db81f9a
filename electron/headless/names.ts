import { resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'

/** Splits `SERVER/SOURCE`. Throws `invalid-input`. */
export function parseSourceRef(text: string): { readonly server: string; readonly source: string } {
  const slash = text.indexOf('/')
  if (slash <= 0 || slash === text.length - 1) {
    throw new AppError(
      'invalid-input',
      `${JSON.stringify(text)} is not SERVER/SOURCE, like web1/alice. Nothing was done.`,
    )
  }
  return { server: text.slice(0, slash), source: text.slice(slash + 1) }
}

/** A path as it was typed, made absolute. Throws `invalid-input` that names the option. */
export function parsePath(option: string, text: string): string {
  if (text === '')
    throw new AppError('invalid-input', `${option} takes a path, not nothing. Nothing was done.`)
  return resolve(text)
}

/** A whole number within bounds. Throws `invalid-input` that names the option. */
export function parseWhole(
  option: string,
  text: string,
  bounds: { readonly min: number; readonly max: number },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value) || value < bounds.min || value > bounds.max) {
    throw new AppError(
      'invalid-input',
      `${option} takes a whole number from ${bounds.min} to ${bounds.max}, not ${JSON.stringify(text)}. Nothing was done.`,
    )
  }
  return value
}

/** One of a few words. Throws `invalid-input` that lists them. */
export function parseWord<const Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text)
  if (found === undefined) {
    throw new AppError(
      'invalid-input',
      `${option} takes ${words.join(', ')}, not ${JSON.stringify(text)}. Nothing was done.`,
    )
  }
  return found
}
