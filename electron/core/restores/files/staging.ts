import { dirname } from 'node:path/posix'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import { quoteGlob } from '../../collectors/files/scan.ts'
import type { ScriptEnd } from '../../remote/shell.ts'
import type { StepContext } from '../restore-context.ts'
import { encodeOperations, type Operation } from './tree-operations.ts'

type Step = Pick<StepOf<'put-tree'>, 'id' | 'root' | 'account' | 'uid' | 'gid' | 'method'>

/** The folder beside or in a root where the new tree waits and the old one stays. See `put-tree.sh`. */
export class Staging {
  readonly #step: Step
  readonly #context: StepContext

  constructor(step: Step, context: StepContext) {
    this.#step = step
    this.#context = context
  }

  /** Makes it and extracts a tar into it; `make`: the mode of a root that is not there yet. Throws `conflict`. */
  async prepare(tar: AsyncIterable<Uint8Array>, make: string): Promise<void> {
    const { root, method } = this.#step
    if (method === 'inside') {
      const { facts } = await this.#run('stamp', {})
      await this.#context.noteFacts({ rootTime: facts.get('time') ?? '' })
    }
    const said = await this.#run('prepare', { make }, tar)
    const start = said.codes.get('start')
    if (start === 17) {
      throw new AppError(
        'conflict',
        `An earlier restore left a folder ${this.name} at ${root}. Nothing was changed. Take that restore back first, see: holdfast jobs. Where none is unfinished, the account itself kept the folder: look what its part “old” has, then remove it`,
      )
    }
    if (start !== 0) throw this.#failed('no folder could be made beside it', said)
    const code = said.codes.get('extract')
    if (code === 125) {
      throw new AppError(
        'interrupted',
        `The files for ${root} did not arrive whole; nothing of it was changed.`,
      )
    }
    if (code !== 0) throw this.#failed('the server’s tar did not take the files', said)
    if ((said.facts.get('held') ?? '') === '') return
    throw this.#failed(
      `processes of the account (${String(said.facts.get('held')).replaceAll('\n', ' ')}) hold the new files open`,
      said,
    )
  }

  /** Sets owners, modes and attributes in the new tree; returns how many of each kind the server did not take. */
  async setAttributes(records: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, number>> {
    const said = await this.#run('attributes', {}, records)
    if (said.codes.get('done') !== 0) throw this.#failed('the new files are not what was sent', said)
    const skipped = new Map<string, number>()
    for (const line of said.stderr) {
      const what = /^@skipped (\w+)$/.exec(line.toString())?.[1]
      if (what !== undefined) skipped.set(what, (skipped.get(what) ?? 0) + 1)
    }
    return skipped
  }

  /** Leaves the list of what will be done, or of what takes it back, in the folder. */
  async keep(operations: readonly Operation[], { back }: { readonly back: boolean }): Promise<void> {
    async function* bytes() {
      yield encodeOperations(operations)
    }
    const said = await this.#run('list', { back: back ? 1 : 0 }, bytes())
    if (said.codes.get('list') !== 0) throw this.#failed('the list of its names could not be written', said)
  }

  async exchange(): Promise<void> {
    this.#requireDone(await this.#run('do', {}), 'not everything could be exchanged')
  }

  /**
   * Puts everything back and, unless it is to stay, removes the folder; nothing where it is not there. `unmake`: how
   * many folders, from the root up, go with it where they are empty.
   */
  async back({ stay = false, unmake = 0 } = {}): Promise<void> {
    this.#requireDone(
      await this.#run('back', { stay: stay ? 1 : 0, unmake }),
      'not everything could be put back',
    )
  }

  /** Moves files by name from a folder of the staging folder to one of the root; what is there already stays. */
  async carry(from: Buffer, to: Buffer, names: readonly Buffer[]): Promise<void> {
    async function* input() {
      yield Buffer.concat(names.flatMap((name) => [name, Buffer.from('\0')]))
    }
    const said = await this.#run('carry', { carry_from: from, carry_to: to }, input())
    this.#requireDone(said, 'not everything that came meanwhile could be carried over')
  }

  /** Removes the folder with what was there before. `unmake` as for `back`. */
  async clear({ unmake = 0 } = {}): Promise<void> {
    this.#requireDone(await this.#run('clear', { unmake }), 'what was there before could not be removed')
  }

  /** Its own name. */
  get name(): string {
    return `.holdfast-${this.#context.mark}-${this.#step.id}`
  }

  #run(
    action: string,
    more: Readonly<Record<string, string | number | Buffer>>,
    input?: AsyncIterable<Uint8Array>,
  ): Promise<ScriptEnd> {
    const { account: user, uid, gid, method } = this.#step
    const root = Buffer.from(fromRemoteName(this.#step.root))
    const { target, signal } = this.#context
    const { rootTime } = this.#context.noted()
    const around = typeof rootTime === 'string' && /^-?\d+\.\d+$/.test(rootTime) ? `@${rootTime}` : ''
    const glob = quoteGlob(Buffer.from(dirname(root.toString('latin1')), 'latin1'))
    const values = {
      ...{ user, uid, gid, root, glob, action, name: this.name },
      ...{ inside: method === 'inside' ? 1 : 0, make: '', back: 0, unmake: 0, stay: 0, around, ...more },
    }
    return target.shell.run('put-tree', { values, signal, ...(input && { input }) })
  }

  #requireDone(said: ScriptEnd, what: string): void {
    if (said.codes.get('done') !== 0) throw this.#failed(what, said)
  }

  #failed(what: string, { stderr, codes }: ScriptEnd): AppError {
    const lines = stderr.map((line) => toRemoteName(line)).filter((line) => line.trim() !== '')
    return new AppError(
      'remote-failed',
      `${this.#step.root} could not be restored: ${what} (${lines.slice(-3).join(' ') || 'no reason given'}). What was there before is still on the server.`,
      { details: { codes: Object.fromEntries(codes), stderr: lines.slice(-20) } },
    )
  }
}
