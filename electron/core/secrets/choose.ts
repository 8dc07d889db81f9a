import { join } from 'node:path'
import { advise, type Remedy } from '../../../shared/advice.ts'
import type { Output } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { advisedError } from '../advised-error.ts'
import type { Log, SecretStore } from '../ports.ts'
import { readPassphraseFile } from './passphrase-file.ts'
import { probe, type ProbeResult } from './probe.ts'
import type { Secret } from './secret.ts'
import type { Cost } from './vault-box.ts'
import { Vault } from './vault.ts'

export type SecretsStatus = Output<'secrets.status'>

export interface SecretsOptions {
  readonly dataFolder: string
  /** The keychain of this computer; see `openKeychain`. */
  readonly keychain: SecretStore
  /** Path of a file with the vault's passphrase (`HOLDFAST_PASSPHRASE_FILE`), or null. */
  readonly passphraseFile: string | null
  readonly log: Log
  /** For tests: a smaller one is faster and weaker. */
  readonly cost?: Cost
}

const unlockKeychain = 'Unlock the keychain of your desktop session, then try again.'
const unlockVault = advise`Unlock the vault ${{ way: 'unlock-vault' }}, or name a file with its passphrase in HOLDFAST_PASSPHRASE_FILE.`
const makeVault = advise`Make a vault ${{ way: 'make-vault' }}, or name a file with a passphrase in HOLDFAST_PASSPHRASE_FILE.`

/**
 * Where this computer keeps secrets: the keychain where it works, else the vault; where neither is there, every call
 * throws and nothing is stored. Secrets in a vault from before are found although the keychain is in use now. The
 * keychain is tried at the first use, and again as long as nothing else is there.
 */
export class Secrets implements SecretStore {
  readonly #vault: Vault
  readonly #keychain: SecretStore
  readonly #passphraseFile: string | null
  readonly #log: Log
  #keychainState: ProbeResult | null = null
  #lockedByHand = false
  #choosing: Promise<SecretStore> | null = null

  private constructor(vault: Vault, options: SecretsOptions) {
    this.#vault = vault
    this.#keychain = options.keychain
    this.#passphraseFile = options.passphraseFile
    this.#log = options.log
  }

  /** @throws what `Vault.open` throws. The keychain is not asked yet. */
  static async open(options: SecretsOptions): Promise<Secrets> {
    const { dataFolder, log, cost } = options
    return new Secrets(await Vault.open({ file: join(dataFolder, 'vault.json'), log, cost }), options)
  }

  get kind(): 'keychain' | 'vault' {
    return this.#keychainState === 'ready' ? 'keychain' : 'vault'
  }

  /** Null where neither store has it; throws where a locked one may. */
  async get(key: string): Promise<Secret | null> {
    const store = await this.#store()
    const found = await store.get(key)
    if (found !== null) return found
    if (store === this.#vault) {
      if (this.#keychainState === 'locked') throw this.#refusal('keychain')
      return null
    }
    if (this.#vault.state === 'absent') return null
    if (!(await this.#openVault())) throw this.#refusal('vault')
    return this.#vault.get(key)
  }

  async set(key: string, secret: Secret): Promise<void> {
    const store = await this.#store()
    await store.set(key, secret)
    if (store !== this.#vault) await this.#forgetInVault(key)
  }

  async delete(key: string): Promise<void> {
    const store = await this.#store()
    await store.delete(key)
    if (store !== this.#vault) await this.#forgetInVault(key)
  }

  /** Never throws for what is locked or missing: that is the status. */
  async status(): Promise<SecretsStatus> {
    if ((await this.#probeKeychain()) === 'ready') return { store: 'keychain', state: 'ready', advice: null }
    if (this.#vault.state !== 'absent') return this.#vaultStatus()
    if (this.#passphraseFile !== null && !this.#lockedByHand) {
      return readPassphraseFile(this.#passphraseFile).then(
        () => ({ store: 'vault', state: 'ready', advice: null }),
        (error: unknown) => ({ store: 'none', state: 'absent', advice: sentenceOf(error) }),
      )
    }
    return this.#keychainState === 'locked'
      ? { store: 'keychain', state: 'locked', advice: unlockKeychain }
      : { store: 'none', state: 'absent', advice: makeVault.remedy, ways: makeVault.advice }
  }

  async #vaultStatus(): Promise<SecretsStatus> {
    try {
      if (await this.#openVault()) return { store: 'vault', state: 'ready', advice: null }
      return { store: 'vault', state: 'locked', advice: unlockVault.remedy, ways: unlockVault.advice }
    } catch (error) {
      return { store: 'vault', state: 'locked', advice: sentenceOf(error) }
    }
  }

  /** @throws `not-found` where there is no vault, `secrets-locked` for a wrong passphrase */
  async unlock(passphrase: Secret): Promise<SecretsStatus> {
    await this.#vault.unlock(passphrase)
    this.#lockedByHand = false
    return this.status()
  }

  /** Forgets the vault's contents until `unlock`; the passphrase file is not used until then either. */
  async lock(): Promise<SecretsStatus> {
    this.#lockedByHand = true
    this.#vault.lock()
    return this.status()
  }

  /** Makes the vault, or changes its passphrase; see `Vault.setPassphrase`. */
  async setPassphrase(passphrase: Secret, current: Secret | null): Promise<SecretsStatus> {
    await this.#vault.setPassphrase(passphrase, current)
    this.#lockedByHand = false
    return this.status()
  }

  /** The store in use. Who asks while it is being chosen gets the same answer. */
  #store(): Promise<SecretStore> {
    this.#choosing ??= this.#choose().finally(() => (this.#choosing = null))
    return this.#choosing
  }

  /** A vault is made where only that is missing and a passphrase file is there. */
  async #choose(): Promise<SecretStore> {
    if ((await this.#probeKeychain()) === 'ready') return this.#keychain
    if (await this.#openVault()) return this.#vault
    if (this.#vault.state === 'locked') throw this.#refusal('vault')
    if (this.#passphraseFile === null || this.#lockedByHand) {
      throw this.#refusal(this.#keychainState === 'locked' ? 'keychain' : 'none')
    }
    await this.#vault.setPassphrase(await readPassphraseFile(this.#passphraseFile), null)
    return this.#vault
  }

  /** True where the vault is open, after trying the passphrase file. */
  async #openVault(): Promise<boolean> {
    if (this.#vault.state === 'locked' && this.#passphraseFile !== null && !this.#lockedByHand) {
      await this.#vault.unlock(await readPassphraseFile(this.#passphraseFile))
    }
    return this.#vault.state === 'unlocked'
  }

  async #probeKeychain(): Promise<ProbeResult> {
    if (this.#keychainState === 'ready') return 'ready'
    if (this.#keychainState === null || this.#vault.state === 'absent') {
      this.#keychainState = await probe(this.#keychain)
    }
    return this.#keychainState
  }

  async #forgetInVault(key: string): Promise<void> {
    if (this.#vault.state === 'unlocked') await this.#vault.delete(key)
    else if (this.#vault.state === 'locked') {
      this.#log.write(
        'warning',
        'The vault is locked; an older copy of this secret may stay in it, encrypted.',
      )
    }
  }

  #refusal(what: 'keychain' | 'vault' | 'none'): AppError {
    switch (what) {
      case 'keychain':
        return new AppError(
          'secrets-locked',
          `The keychain is locked. What it holds is unchanged. ${unlockKeychain}`,
        )
      case 'vault':
        return advisedError(
          'secrets-locked',
          following('The vault is locked. What it holds is unchanged.', unlockVault),
        )
      case 'none':
        return advisedError(
          'secrets-unavailable',
          following('There is no keychain here and no vault, so no password was stored or read.', makeVault),
        )
    }
  }
}

function following(sentence: string, { remedy, advice }: Remedy): Remedy {
  return { remedy: `${sentence} ${remedy}`, advice: [`${sentence} `, ...advice] }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message
  throw error
}
