import type { z } from 'zod'

/** One method: a query changes nothing, a command may. Input and output are checked at the door. */
export interface Procedure<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'query' | 'command'
  readonly input: I
  readonly output: O
}

/** A method that changes nothing. */
export const query = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Procedure<I, O> => ({
  kind: 'query',
  input,
  output,
})
/** A method that may change something. */
export const command = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Procedure<I, O> => ({
  kind: 'command',
  input,
  output,
})
