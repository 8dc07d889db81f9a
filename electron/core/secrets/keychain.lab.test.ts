import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const keyring = fileURLToPath(new URL('../../../e2e/lab/keyring.sh', import.meta.url))
const program = fileURLToPath(new URL('./testing/keychain-session.ts', import.meta.url))
const canary = 'CANARY-5c3e-password'

/** Locks the keychain of the session bus, as logging out or a timeout does. */
const lockKeychain = `dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
  org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login`

/** A process with a keychain of its own (or none), spoken to in lines; `sh` runs beside it in the same session. */
class Session implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(args: string[], { withKeychain }: { readonly withKeychain: boolean }) {
    const command = [process.execPath, '--no-warnings', program, ...args]
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = process.env
    this.#child = withKeychain
      ? spawn('bash', [keyring, 'bash', '-c', proxy, 'proxy', ...command], {
          env,
          stdio: ['pipe', 'pipe', 'ignore'],
        })
      : spawn(command[0]!, command.slice(1), { env, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]()
  }

  async line(): Promise<unknown> {
    const { value } = (await this.#lines.next()) as { value: string | undefined }
    return value === undefined ? 'ended' : JSON.parse(value)
  }

  async ask(...request: string[]): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    return this.line()
  }

  async lock(): Promise<void> {
    this.#child.stdin!.write('LOCK\n')
    expect(await this.line()).toBe('locked')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.stdin!.end()
    await once(this.#child, 'exit')
  }
}

/** Hands lines on to the program, but locks the keychain for the line `LOCK`. */
const proxy = `
  lock_or_pass() {
    while IFS= read -r line; do
      if [ "$line" = LOCK ]; then ${lockKeychain} >/dev/null && echo '"locked"'; else printf '%s\\n' "$line" >&3; fi
    done
  }
  coproc_in=$(mktemp -u); mkfifo "$coproc_in"
  "$@" <"$coproc_in" & child=$!
  exec 3>"$coproc_in"; rm "$coproc_in"
  lock_or_pass
  exec 3>&-
  wait $child`

/** Not what an earlier run may have left behind is looked for, but what this one did. */
const service = `holdfast-test-${randomBytes(6).toString('hex')}`

describe('the keychain of this computer', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-keychain-'))
  })
  afterEach(async () => {
    for (const name of await readdir(folder)) {
      expect(await readFile(join(folder, name), 'latin1')).not.toContain(canary)
    }
    await rm(folder, { recursive: true })
  })

  async function session(options: { withKeychain: boolean; passphraseFile?: string }): Promise<Session> {
    const started = new Session(
      [folder, service, ...(options.passphraseFile ? [options.passphraseFile] : [])],
      options,
    )
    expect(await started.line()).toBe('ready')
    return started
  }

  test('keeps, gives and deletes secrets, long and odd ones too', async () => {
    await using one = await session({ withKeychain: true })
    expect(await one.ask('status')).toEqual({ store: 'keychain', state: 'ready', advice: null })
    for (const value of [canary, 'ä\n"\\\t€𐍈', 'x'.repeat(65_536)]) {
      expect(await one.ask('set', 'server/1/password', value)).toBeNull()
      expect(await one.ask('get', 'server/1/password')).toBe(value)
    }
    expect(await one.ask('keychain.delete', 'server/1/password')).toBeNull()
    expect(await one.ask('keychain.delete', 'server/1/password')).toBeNull()
    expect(await one.ask('get', 'server/1/password')).toBeNull()
    expect(await readdir(folder)).toEqual([])
  })

  test('that is locked says so, and stores nothing anywhere', async () => {
    await using one = await session({ withKeychain: true })
    await one.ask('keychain.set', 'a', canary)
    await one.lock()
    expect(await one.ask('keychain.get', 'a')).toEqual({ refused: 'secrets-locked' })
    expect(await one.ask('keychain.set', 'b', canary)).toEqual({ refused: 'secrets-locked' })
    expect(await one.ask('get', 'a')).toEqual({ refused: 'secrets-locked' })
    expect(await one.ask('status')).toMatchObject({ store: 'keychain', state: 'locked' })
    expect(await readdir(folder)).toEqual([])
  })

  test('that is missing is not replaced by the memory of the kernel', async () => {
    await using one = await session({ withKeychain: false })
    expect(await one.ask('keychain.set', 'a', canary)).toEqual({ refused: 'secrets-unavailable' })
    expect(await one.ask('keychain.get', 'a')).toEqual({ refused: 'secrets-unavailable' })
    expect(await one.ask('set', 'a', canary)).toEqual({ refused: 'secrets-unavailable' })
    expect(await one.ask('status')).toMatchObject({ store: 'none', state: 'absent' })
    expect(spawnSync('cat', ['/proc/keys'], { encoding: 'utf8' }).stdout).not.toContain(service)
    expect(await readdir(folder)).toEqual([])
  })

  test('gives way to a vault where a passphrase file is there, and nothing is lost when it comes back', async () => {
    const passphraseFile = `${folder}.passphrase`
    await writeFile(passphraseFile, 'correct horse battery\n', { mode: 0o600 })
    {
      await using headless = await session({ withKeychain: false, passphraseFile })
      expect(await headless.ask('set', 'a', canary)).toBeNull()
      expect(await headless.ask('status')).toMatchObject({ store: 'vault', state: 'ready' })
    }
    await using desktop = await session({ withKeychain: true, passphraseFile })
    expect(await desktop.ask('status')).toMatchObject({ store: 'keychain', state: 'ready' })
    expect(await desktop.ask('get', 'a')).toBe(canary)
    await rm(passphraseFile)
  })
})
