import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServerDraft } from '../../shared/contract.ts'
import type { LabHost } from '../lab/lab.ts'

/** What product-process.ts is told. */
export interface ProductOrder {
  readonly draft: ServerDraft
  /** The host key that the server has. */
  readonly fingerprint: string
  readonly dataFolder: string
  readonly backupFolder: string
}

export type ProductTask =
  | { readonly do: 'backup'; readonly account: string }
  | {
      readonly do: 'restore'
      readonly account: string
      readonly backup: string
      /** None: everything. */
      readonly items: readonly string[]
    }

interface Spent {
  readonly wallSeconds: number
  /** Of files, pipes and devices; more than what was read of an archive. */
  readonly readBytes: number
}

/** What a task came to. `applied`: of a restore, from the confirmation on. */
export interface ProductReply {
  readonly backup: string
  readonly whole: Spent
  readonly applied: Spent | null
}

/** Holdfast in a process of its own that knows one server, with folders that go with it. */
export interface MeasuredProduct extends AsyncDisposable {
  readonly backupFolder: string
  /** Rejects where the process ends, which it does where a task fails; what it says goes to stderr. */
  run(task: ProductTask): Promise<ProductReply>
}

/** Starts one for a server of the lab, with root's login. */
export async function startProduct(host: LabHost, folder: string): Promise<MeasuredProduct> {
  const scratch = await mkdtemp(join(folder, 'holdfast-bench-'))
  const [key] = await host.hostKeys()
  const order: ProductOrder = {
    draft: {
      ...{ name: 'bench', host: host.ip, port: 22, user: 'root', auth: { kind: 'key', path: host.key } },
      ...{ elevation: 'none', jump: null, rateMbit: null, legacyAlgorithms: false },
    },
    fingerprint: key?.fingerprint ?? '',
    dataFolder: join(scratch, 'data'),
    backupFolder: join(scratch, 'backups'),
  }
  const script = join(import.meta.dirname, 'product-process.ts')
  const child = spawn(process.execPath, ['--max-semi-space-size=8', script, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('product-process.ts ended.')
    return value
  }
  await next()
  return {
    backupFolder: order.backupFolder,
    async run(task) {
      child.stdin.write(`${JSON.stringify(task)}\n`)
      return JSON.parse(await next()) as ProductReply
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await closed
      await rm(scratch, { recursive: true, force: true })
    },
  }
}
