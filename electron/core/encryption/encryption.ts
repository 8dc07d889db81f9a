import { advise } from '../../../shared/advice.ts'
import { AppError } from '../../../shared/errors.ts'
import type { RecoveryKeyStatus } from '../../../shared/model/recovery-key.ts'
import { newIdentity, parseIdentity, type Identity, type Recipient } from '../archive/seal/age-key.ts'
import { advisedError } from '../advised-error.ts'
import { CipherThread } from '../archive/seal/cipher-thread.ts'
import type { Clock, Log, SecretStore } from '../ports.ts'
import { Secret } from '../secrets/secret.ts'
import type { Document } from '../store/document.ts'
import { openKeyBook, type KeyBook } from './key-book.ts'
import { testDecrypt } from './trial-decrypt.ts'

export interface EncryptionOptions {
  readonly dataFolder: string
  readonly secrets: SecretStore
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

const secretOf = (recipient: Recipient): string => `encryption/${recipient}`

/**
 * The keys that backups are encrypted with: this computer's, which lies in the keychain or vault, and a recovery key,
 * which does not once somebody has typed it back. Every encrypted backup is for both, so that either opens it alone.
 */
export class Encryption implements AsyncDisposable {
  /** Where archives are encrypted and opened. */
  readonly thread = new CipherThread()
  readonly #book: Document<KeyBook>
  readonly #options: EncryptionOptions
  readonly #known = new Map<Recipient, Identity>()

  private constructor(book: Document<KeyBook>, options: EncryptionOptions) {
    this.#book = book
    this.#options = options
  }

  static async open(options: EncryptionOptions): Promise<Encryption> {
    return new Encryption(await openKeyBook(options.dataFolder, options), options)
  }

  status(): RecoveryKeyStatus {
    const { computer, recovery, pending, given } = this.#book.read()
    return {
      ...{ computer, recovery, given: [...given] },
      state: recovery !== null ? 'confirmed' : pending !== null ? 'pending' : 'absent',
      pending,
    }
  }

  /**
   * Whom new backups are encrypted for: this computer and the recovery key. This computer's key is made where there is
   * none. Throws `recovery-key-needed` where no recovery key was typed back yet.
   */
  async recipients(): Promise<readonly Recipient[]> {
    const { recovery } = this.#book.read()
    if (recovery === null) {
      throw advisedError(
        'recovery-key-needed',
        advise`Encryption needs a recovery key that was written down and typed back, so nothing was written. Make one ${{ way: 'make-recovery-key' }}, or leave encryption off ${{ way: 'not-encrypted' }}.`,
      )
    }
    const computer = await this.#computer()
    return [computer.recipient, recovery.recipient]
  }

  /** The keys in the keychain or vault, this computer's first; none where encryption was never used. */
  async identities(): Promise<readonly Identity[]> {
    const { computer, given } = this.#book.read()
    const found: Identity[] = []
    for (const recipient of [...(computer === null ? [] : [computer]), ...given]) {
      const identity = await this.#stored(recipient)
      if (identity !== null) found.push(identity)
    }
    return found
  }

  /** Makes a recovery key, which takes the place of one that was not typed back. The one in use stays until it is. */
  async createRecovery(): Promise<Identity> {
    const { pending } = this.#book.read()
    const identity = await newIdentity()
    await this.#options.secrets.set(secretOf(identity.recipient), identity.secret)
    const createdAt = this.#options.clock.now().toISOString()
    await this.#book.update((book) => ({ ...book, pending: { recipient: identity.recipient, createdAt } }))
    if (pending !== null) await this.#forget(pending.recipient)
    return identity
  }

  /** The recovery key that waits to be typed back. Throws `not-found` where there is none: it is nowhere else. */
  async pendingRecovery(): Promise<Identity> {
    const { pending } = this.#book.read()
    const identity = pending && (await this.#stored(pending.recipient))
    if (identity) return identity
    throw new AppError(
      'not-found',
      'No recovery key waits to be typed back, and one that was is not kept here. To make a new one: holdfast recovery-key create',
    )
  }

  /**
   * Takes the recovery key into use that somebody typed back, after a test decrypt with what was typed, and forgets it.
   * Throws `invalid-input` where it is another one.
   */
  async confirmRecovery(typed: Secret): Promise<RecoveryKeyStatus> {
    const pending = await this.pendingRecovery()
    const given = await parseIdentity(typed)
    if (given.recipient !== pending.recipient) {
      throw new AppError(
        'invalid-input',
        'That is a key, but not the one that was made last, so encryption stays as it was. Type the one of the newest sheet.',
      )
    }
    const computer = await this.#computer()
    await testDecrypt(given, [computer.recipient, given.recipient])
    const confirmedAt = this.#options.clock.now().toISOString()
    await this.#book.update((book) => ({
      ...{ ...book, recovery: { recipient: given.recipient, confirmedAt }, pending: null },
    }))
    await this.#forget(given.recipient)
    return this.status()
  }

  /** Whether a typed key is the recovery key that is in use, by a test decrypt. */
  async checkRecovery(typed: Secret): Promise<boolean> {
    const { recovery } = this.#book.read()
    const identity = await parseIdentity(typed)
    if (recovery?.recipient !== identity.recipient) return false
    await testDecrypt(identity, await this.recipients())
    return true
  }

  /**
   * Keeps a recovery key in the keychain or vault, so that this computer opens what another one made. Where this one
   * has no recovery key of its own, it becomes that too: whoever typed it has it.
   */
  async useRecovery(typed: Secret): Promise<RecoveryKeyStatus> {
    const identity = await parseIdentity(typed)
    const { recipient, secret } = identity
    const computer = await this.#computer()
    await testDecrypt(identity, [computer.recipient, recipient])
    await this.#options.secrets.set(secretOf(recipient), secret)
    const confirmedAt = this.#options.clock.now().toISOString()
    await this.#book.update((book) => ({
      ...book,
      recovery: book.recovery ?? { recipient, confirmedAt },
      given: [...new Set([...book.given, recipient])],
    }))
    return this.status()
  }

  /** Forgets the keys that were read; they are asked for again when they are needed. */
  lock(): void {
    this.#known.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.thread[Symbol.asyncDispose]()
  }

  async #computer(): Promise<Identity> {
    const { computer } = this.#book.read()
    if (computer !== null) {
      const identity = await this.#stored(computer)
      if (identity !== null) return identity
    }
    const identity = await newIdentity()
    await this.#options.secrets.set(secretOf(identity.recipient), identity.secret)
    await this.#book.update((book) => ({ ...book, computer: identity.recipient }))
    return identity
  }

  /** Keys stay in memory as long as the process: a keychain may ask a person for each. */
  async #stored(recipient: Recipient): Promise<Identity | null> {
    const known = this.#known.get(recipient)
    if (known) return known
    const secret = await this.#options.secrets.get(secretOf(recipient))
    if (secret === null) return null
    const identity = { secret, recipient }
    this.#known.set(recipient, identity)
    return identity
  }

  async #forget(recipient: Recipient): Promise<void> {
    this.#known.delete(recipient)
    if (this.#book.read().given.includes(recipient)) return
    await this.#options.secrets.delete(secretOf(recipient))
  }
}
