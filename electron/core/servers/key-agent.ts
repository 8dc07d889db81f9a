import { homedir } from 'node:os'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import ssh2 from 'ssh2'
import type { IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import type { Secret } from '../secrets/secret.ts'
import type { KeyRefusal, KeyReply, KeyRequest } from './key-worker.ts'

/**
 * A private key file as an SSH agent of one key. It is read, decrypted and used in a thread of its own, which it
 * never leaves: a slow key derivation does not hold up anything else.
 */
export class KeyAgent extends ssh2.BaseAgent<Buffer> implements AsyncDisposable {
  readonly #worker: Worker
  readonly #publicKey: Buffer
  readonly #allowSha1: boolean
  readonly #pending = new Map<number, SignCallback>()
  #nextId = 0

  private constructor(worker: Worker, publicKey: Buffer, allowSha1: boolean) {
    super()
    this.#worker = worker
    this.#publicKey = publicKey
    this.#allowSha1 = allowSha1
    worker.on('message', (reply: KeyReply) => {
      if (reply.kind === 'signed') this.#answer(reply.id, reply.signature)
    })
    worker.on('exit', () => {
      for (const id of [...this.#pending.keys()]) this.#answer(id, null)
    })
  }

  /**
   * Opens a key file; `~/` stands for the home folder. Throws `not-found`, `permission-denied`, `unsupported`,
   * `auth-failed` (a passphrase is missing or wrong) or `corrupt`.
   */
  static async open(
    path: string,
    options: {
      readonly passphrase: Secret | null
      /** Sign with SHA-1 where an old server knows nothing better. */
      readonly allowSha1: boolean
      readonly signal: AbortSignal
    },
  ): Promise<KeyAgent> {
    const { signal } = options
    throwIfCancelled(signal)
    const worker = new Worker(new URL(`./key-worker${extname(import.meta.filename)}`, import.meta.url))
    worker.unref()
    try {
      const reply = await new Promise<KeyReply>((resolve, reject) => {
        const abort = () => reject(cancellation(signal))
        signal.addEventListener('abort', abort, { once: true })
        worker.once('message', resolve)
        worker.once('error', reject)
        worker.postMessage({
          kind: 'open',
          path: path.startsWith('~/') ? join(homedir(), path.slice(2)) : path,
          passphrase: options.passphrase?.reveal() ?? null,
        } satisfies KeyRequest)
      })
      if (reply.kind === 'opened')
        return new KeyAgent(worker, Buffer.from(reply.publicKey), options.allowSha1)
      throw reply.kind === 'refused'
        ? refusalError(path, reply.refusal)
        : new AppError('internal', 'Key thread.')
    } catch (error) {
      await worker.terminate()
      throw error
    }
  }

  override getIdentities(done: IdentityCallback<Buffer>): void {
    done(null, [this.#publicKey])
  }

  override sign(
    _publicKey: Buffer | string | ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const hash = typeof options === 'function' ? null : (options.hash ?? null)
    const callback = typeof options === 'function' ? options : done
    if (!callback) return
    if (hash === 'sha1' && !this.#allowSha1) {
      callback(new AppError('algorithm-refused', 'The server accepts RSA keys only with SHA-1 signatures.'))
      return
    }
    const id = this.#nextId++
    this.#pending.set(id, callback)
    this.#worker.postMessage({ kind: 'sign', id, data, hash } satisfies KeyRequest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #answer(id: number, signature: Uint8Array | null): void {
    const done = this.#pending.get(id)
    this.#pending.delete(id)
    if (signature) done?.(null, Buffer.from(signature))
    else done?.(new AppError('auth-failed', 'The key could not sign.'))
  }
}

function refusalError(path: string, refusal: KeyRefusal): AppError {
  const untouched = 'No login was tried.'
  switch (refusal.why) {
    case 'unreadable':
      return refusal.code === 'ENOENT'
        ? new AppError(
            'not-found',
            `There is no key file ${path}. ${untouched} Give the path of a private key.`,
          )
        : new AppError(
            'permission-denied',
            `The key file ${path} cannot be read. ${untouched} Check its permissions and try again.`,
            { details: { cause: refusal.code } },
          )
    case 'unsupported':
      return new AppError('unsupported', `The key file ${path} ${refusal.reason}. ${untouched}`)
    case 'passphrase-missing':
      return new AppError(
        'auth-failed',
        `The key file ${path} needs a passphrase. ${untouched} Give the passphrase, or load the key into the agent.`,
        { details: { tried: [], passphrase: 'missing' } },
      )
    case 'passphrase-wrong':
      return new AppError(
        'auth-failed',
        `The passphrase does not open the key file ${path}. ${untouched} Give the right passphrase.`,
        { details: { tried: [], passphrase: 'wrong' } },
      )
    case 'damaged':
      return new AppError(
        'corrupt',
        `The key file ${path} is damaged. ${untouched} Restore it or choose another key.`,
      )
  }
}
