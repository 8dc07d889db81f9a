import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../../../shared/errors.ts'
import { openClient } from '../../open-client.ts'

/**
 * For the folder in the first argument, one turn for each line on stdin, `NAME PAUSE`: after so many milliseconds
 * it opens the product as a command line does, adds a destination of that name and removes it, and lets go. Prints
 * `done`, or the code of what went wrong: a call that was carried out twice is a `conflict` or a `not-found`.
 */
const folder = process.argv[2] ?? ''
const { signal } = new AbortController()

async function turn(name: string): Promise<string> {
  try {
    await using open = await openClient(join(folder, 'data'), { signal, env: {}, stays: false })
    await open.client.call('destinations.add', { kind: 'local', name, path: join(folder, name) })
    await open.client.call('destinations.remove', { name })
    return 'done'
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
}

process.stdout.write('ready\n')
for await (const line of createInterface(process.stdin)) {
  const [name = '', pause = '0'] = line.split(' ')
  await wait(Number(pause))
  process.stdout.write(`${await turn(name)}\n`)
}
