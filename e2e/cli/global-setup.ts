import { makeOneFileProgram, oneFileProgram } from './one-file-program.ts'

/** Once before the tests that start the program: they start it thousands of times, which takes a third then. */
export default async function setup(): Promise<void> {
  await makeOneFileProgram()
  process.env['HOLDFAST_PROGRAM'] = oneFileProgram
}
