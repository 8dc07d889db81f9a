import { createInterface } from 'node:readline'
import { claimOwnership, type Other, type Owner } from '../owner.ts'
import { systemClock } from './system-clock.ts'

/**
 * For the folder in the first argument, one word a line on stdin: `claim` claims it and prints what came of it,
 * `release` gives it back and prints `released`. Echoes messages as the owner. Ends with stdin.
 */
const folder = process.argv[2] ?? ''
const { signal } = new AbortController()
let claimed: Owner | Other | null = null

async function claim(): Promise<string> {
  claimed = await claimOwnership(folder, { clock: systemClock, signal })
  if (claimed.kind === 'owner') {
    claimed.onConnection((channel) => {
      void (async () => {
        for await (const message of channel.messages())
          await channel.send({ echo: message, pid: process.pid })
      })()
    })
  }
  return claimed.kind
}

async function release(): Promise<string> {
  if (claimed?.kind === 'owner') await claimed[Symbol.asyncDispose]()
  claimed = null
  return 'released'
}

process.stdout.write('ready\n')
for await (const line of createInterface(process.stdin)) {
  process.stdout.write(`${await (line === 'claim' ? claim() : release())}\n`)
}
