import { z } from 'zod'
import { advise } from '../../../shared/advice.ts'
import { AppError } from '../../../shared/errors.ts'
import { advisedError } from '../advised-error.ts'
import type { Log, SecretStore } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'
import { Secret } from './secret.ts'
import { Box, boxKey, defaultCost, newBoxKey, openBox, seal, type BoxKey, type Cost } from './vault-box.ts'

const VaultFile = Box.nullable()
type VaultFile = z.infer<typeof VaultFile>

/** Keys and values, as the box holds them. */
const Entries = z.array(z.tuple([z.string(), z.string()]))

const shortestPassphrase = 8

type Contents = Map<string, Secret>

/**
 * Secrets in one file that a passphrase opens; never in the clear anywhere but in this process's memory. While it is
 * unlocked the derived key is kept, so that storing a secret costs no key derivation.
 */
export class Vault implements SecretStore {
  readonly kind = 'vault'
  readonly #document: Document<VaultFile>
  readonly #cost: Cost
  #key: BoxKey | null = null
  #last: Promise<unknown> = Promise.resolve()

  private constructor(document: Document<VaultFile>, cost: Cost) {
    this.#document = document
    this.#cost = cost
  }

  /**
   * @param options.cost for tests: a smaller one is faster and weaker
   * @throws `unsupported` for a newer vault, `corrupt` where it and its backup copy cannot be read
   */
  static async open(options: {
    readonly file: string
    readonly log: Log
    readonly cost?: Cost | undefined
  }): Promise<Vault> {
    const document = await openDocument({
      file: options.file,
      schema: VaultFile,
      version: 1,
      migrations: {},
      empty: null,
      log: options.log,
    })
    return new Vault(document, options.cost ?? defaultCost)
  }

  get state(): 'absent' | 'locked' | 'unlocked' {
    if (this.#document.read() === null) return 'absent'
    return this.#key === null ? 'locked' : 'unlocked'
  }

  /** @throws `not-found` where there is no vault, `secrets-locked` for a wrong passphrase */
  async unlock(passphrase: Secret): Promise<void> {
    const file = this.#document.read()
    if (file === null) {
      throw advisedError('not-found', advise`There is no vault yet. Make one ${{ way: 'make-vault' }}.`)
    }
    this.#key = await keyOf(file, passphrase)
  }

  /** Forgets everything until the next `unlock`. */
  lock(): void {
    this.#key = null
  }

  /**
   * Makes the vault, or changes its passphrase; `current` is then required. The new file is opened with the new
   * passphrase before it replaces the old one, and no copy stays that the old one opens.
   * @throws `invalid-input` for a short passphrase, `secrets-locked` for a wrong current one; nothing has changed then
   */
  async setPassphrase(passphrase: Secret, current: Secret | null): Promise<void> {
    if (passphrase.reveal().length < shortestPassphrase) {
      throw new AppError(
        'invalid-input',
        `A passphrase needs at least ${shortestPassphrase} characters; several random words are best. Nothing was changed.`,
      )
    }
    await this.#inTurn(async () => {
      const file = this.#document.read()
      const contents =
        file === null ? new Map<string, Secret>() : openWith(file, await currentKey(file, current))
      const fresh = sealContents(contents, await newBoxKey(passphrase, this.#cost))
      const key = await keyOf(fresh, passphrase)
      await this.#document.update(() => fresh)
      this.#key = key
      await this.#document.update(() => fresh)
    })
  }

  get(key: string): Promise<Secret | null> {
    return Promise.resolve().then(() => this.#contents().get(key) ?? null)
  }

  async set(key: string, secret: Secret): Promise<void> {
    await this.#change((contents) => contents.set(key, secret))
  }

  /** Does not write where there is nothing to delete. */
  async delete(key: string): Promise<void> {
    if ((await this.get(key)) !== null) await this.#change((contents) => contents.delete(key))
  }

  async #change(change: (contents: Contents) => void): Promise<void> {
    await this.#inTurn(async () => {
      const contents = this.#contents()
      const { key } = this.#opened()
      change(contents)
      await this.#document.update(() => sealContents(contents, key))
    })
  }

  #contents(): Contents {
    const { file, key } = this.#opened()
    return openWith(file, key)
  }

  #opened(): { readonly file: Box; readonly key: BoxKey } {
    const file = this.#document.read()
    if (this.#key !== null && file !== null) return { file, key: this.#key }
    throw advisedError(
      'secrets-locked',
      advise`The vault is locked. What it holds is unchanged: unlock it ${{ way: 'unlock-vault' }}, or name a file with the passphrase in HOLDFAST_PASSPHRASE_FILE.`,
    )
  }

  /** Changes wait for each other, so that none is made to contents or with a key of before. */
  async #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step)
    this.#last = done.catch(() => undefined)
    await done
  }
}

async function currentKey(file: Box, current: Secret | null): Promise<BoxKey> {
  if (current !== null) return keyOf(file, current)
  throw new AppError(
    'secrets-locked',
    'The vault has a passphrase already. Nothing was changed: give the current one too.',
  )
}

/** @throws `secrets-locked` where the passphrase does not open the file */
async function keyOf(file: Box, passphrase: Secret): Promise<BoxKey> {
  const key = await boxKey(file, passphrase)
  openWith(file, key)
  return key
}

function openWith(file: Box, key: BoxKey): Contents {
  const text = openBox(file, key)
  if (text === null) {
    throw new AppError(
      'secrets-locked',
      'That passphrase does not open the vault. Nothing was changed: try again.',
    )
  }
  const entries = Entries.parse(JSON.parse(text))
  return new Map(entries.map(([name, value]) => [name, new Secret(value)]))
}

function sealContents(contents: Contents, key: BoxKey): Box {
  return seal(JSON.stringify([...contents].map(([name, secret]) => [name, secret.reveal()])), key)
}
