import type { z } from 'zod'
import { contract, type Method, type Output, type Parsed } from '../../shared/contract.ts'
import type { Reply } from '../../shared/client.ts'
import { AppError, toWire } from '../../shared/errors.ts'
import type { Log } from './ports.ts'

/** Who called: for the log and for rules that differ by door. */
export interface CallContext {
  readonly caller: 'desktop' | 'browser' | 'cli'
  readonly signal: AbortSignal
}

/** One function per method of the contract; a missing one does not compile. */
export type Handlers = {
  readonly [M in Method]: (input: Parsed<M>, context: CallContext) => Promise<Output<M>>
}

function isMethod(name: string): name is Method {
  return Object.hasOwn(contract, name)
}

/** A complaint of Zod as a sentence. What our own schemas say is one already. */
function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && issue.origin === 'string') return 'It must not be empty.'
  if (issue.code === 'too_big' && issue.origin === 'string') return 'It is too long.'
  if (issue.code === 'invalid_format' && issue.format === 'uuid') return 'That is not an id.'
  return issue.message.replace(/\.?$/, '.')
}

/** Sentence for people out of Zod's first complaint, with the place it is about. */
function inputError(method: string, issues: readonly z.core.$ZodIssue[]): AppError {
  const first = issues[0]
  const place = first === undefined || first.path.length === 0 ? method : first.path.map(String).join('.')
  return new AppError(
    'invalid-input',
    `${place}: ${first === undefined ? 'It is not valid.' : sentence(first)} Nothing was done.`,
    {
      details: {
        method,
        issues: issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
      },
    },
  )
}

/**
 * The only door into the product: looks the method up, checks the input, runs the handler, checks the output,
 * and wraps whatever was thrown. Never throws.
 */
export async function dispatch(
  handlers: Handlers,
  call: { readonly method: string; readonly input: unknown },
  { log, ...context }: CallContext & { readonly log: Log },
): Promise<Reply> {
  try {
    if (!isMethod(call.method))
      throw new AppError('not-found', `There is no method ${JSON.stringify(call.method)}.`)
    const procedure = contract[call.method]
    const input = procedure.input.safeParse(call.input)
    if (!input.success) throw inputError(call.method, input.error.issues)
    const handler = handlers[call.method] as (input: unknown, context: CallContext) => Promise<unknown>
    const value = await handler(input.data, context)
    return { ok: true, value: procedure.output.parse(value) }
  } catch (error) {
    if (!(error instanceof AppError)) {
      log.write('error', `${call.method} failed unexpectedly`, {
        error: error instanceof Error ? (error.stack ?? error.message) : typeof error,
      })
    }
    return { ok: false, error: toWire(error) }
  }
}
