import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./take-turns.ts', import.meta.url))

/** Milliseconds within which the second and the third process come: about as long as the first one's turn. */
const spread = 60

export interface TurnCounts {
  /** Pairs of processes that came while another one was there, or leaving. */
  pairs: number
  /** Turns that were done, of three in each round. */
  done: number
  /** What the other turns ended with, in order. Must be empty. */
  failed: string[]
}

/** A process that takes turns on the folder, until it is disposed. */
class Player implements AsyncDisposable {
  readonly #child
  readonly #lines: AsyncIterator<string>

  constructor(folder: string) {
    this.#child = spawn(process.execPath, ['--no-warnings', program, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    return String((await this.#lines.next()).value)
  }

  turn(name: string, pause: number): Promise<string> {
    this.#child.stdin.write(`${name} ${pause}\n`)
    return this.line()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
  }
}

/**
 * Lets three processes take turns on one data folder, round after round: two come at random moments while the third
 * opens it, works and leaves. `random` gives a number from 0 up to 1.
 */
export async function turnCampaign(
  folder: string,
  { pairs, random }: { readonly pairs: number; readonly random: () => number },
): Promise<TurnCounts> {
  await mkdir(join(folder, 'data'))
  await using first = new Player(folder)
  await using second = new Player(folder)
  await using third = new Player(folder)
  const players = [first, second, third]
  await Promise.all(players.map((player) => player.line()))
  const counts: TurnCounts = { pairs, done: 0, failed: [] }
  for (let pair = 0; pair < pairs; pair += 1) {
    const ends = await Promise.all(
      players.map((player, at) =>
        player.turn(`d${pair}-${at}`, at === 0 ? 0 : Math.floor(random() * spread)),
      ),
    )
    counts.done += ends.filter((end) => end === 'done').length
    counts.failed.push(...ends.filter((end) => end !== 'done'))
  }
  return counts
}
