import { createContext } from 'svelte'
import { toWire, type WireError } from '../../../shared/errors.ts'
import { ed25519First, findFingerprint } from '../../../shared/fingerprint.ts'
import { plural } from '../../../shared/format.ts'
import type { HostKey } from '../../../shared/model/server.ts'
import type { DestinationKind } from '../destination-words.ts'
import type { AppState } from './app-state.ts'
import { ConnectionTest } from './connection-test.svelte.ts'
import { NewPlace } from './new-place.svelte.ts'

type Wanted = 'test' | 'add'

/** Adding a destination. Nothing is kept before it was seen to work. */
export class NewDestinationTask {
  readonly place = new NewPlace()
  readonly test = new ConnectionTest()
  adding = $state(false)
  error = $state.raw<WireError | null>(null)
  /** Somebody wanted to go on, so every field says what is wrong. */
  judged = $state(false)
  /** Host keys that an SFTP server shows and nobody has compared yet; empty: there are none. */
  keys = $state.raw<readonly HostKey[]>([])
  pasted = $state('')
  readonly busy: boolean
  readonly expected: string | null
  /** The key to be trusted: the one that was pasted, else the first. */
  readonly offered: HostKey | null
  readonly differs: boolean
  readonly wouldLose: boolean
  /** What is to be encrypted has no key yet. */
  readonly lacksKey: boolean
  readonly #app: AppState
  readonly #untouched: string
  #wanted: Wanted = 'test'
  #accepted: string | null = null
  #asking: AbortController | null = null

  constructor(app: AppState) {
    this.#app = app
    this.#untouched = JSON.stringify(this.place.draft(null))
    this.busy = $derived(this.adding || this.test.busy)
    this.expected = $derived(findFingerprint(this.pasted))
    this.offered = $derived(
      this.keys.find(({ fingerprint }) => fingerprint === this.expected) ?? this.keys[0] ?? null,
    )
    this.differs = $derived(this.pasted.trim() !== '' && this.offered?.fingerprint !== this.expected)
    this.wouldLose = $derived(JSON.stringify(this.place.draft(null)) !== this.#untouched)
    this.lacksKey = $derived(
      this.place.encrypted &&
        this.place.recoveryKey.trim() === '' &&
        app.recoveryKey.loaded.value?.state !== 'confirmed',
    )
  }

  choose(kind: DestinationKind): void {
    if (this.busy) return
    this.place.kind = kind
    this.judged = false
  }

  /** Something else is typed now: what was said of before is not about it. */
  touched(): void {
    this.test.forget()
    this.error = null
    this.keys = []
    this.#accepted = null
  }

  /** Tries the place; where a host key is not known yet, that comes first. */
  async probe(): Promise<void> {
    if (this.#refuses('test')) return
    await this.#ask('test', () =>
      this.test.run((options) =>
        this.#app.client.call(
          'destinations.probe',
          { destination: this.place.draft(this.#accepted) },
          options,
        ),
      ),
    )
    if (this.test.error !== null && this.#shows(this.test.error)) this.test.forget()
  }

  async add(): Promise<void> {
    if (this.#refuses('add') || this.lacksKey) return
    await this.#ask('add', async () => {
      this.adding = true
      this.#asking = new AbortController()
      try {
        const given = this.place.draft(this.#accepted)
        this.#added(await this.#app.client.call('destinations.add', given, this.#asking))
      } catch (error) {
        const wire = toWire(error)
        if (wire.code !== 'cancelled' && !this.#shows(wire)) this.error = wire
      } finally {
        this.adding = false
      }
    })
  }

  /** The key that is shown is the right one: goes on with what was wanted. */
  async trust(): Promise<void> {
    if (this.offered === null || this.differs) return
    this.#accepted = this.offered.fingerprint
    this.keys = []
    await (this.#wanted === 'test' ? this.probe() : this.add())
  }

  /** Ends what is asked of the place at the moment; nothing is kept of it. */
  stop(): void {
    this.test.stop()
    this.#asking?.abort()
  }

  #refuses(wanted: Wanted): boolean {
    this.judged = true
    this.#wanted = wanted
    return this.busy || this.place.problems.length > 0
  }

  async #ask(wanted: Wanted, act: () => Promise<void>): Promise<void> {
    this.error = null
    if (wanted === 'add') this.test.error = null
    await act()
  }

  /** Whether an error is that nobody has compared the host's keys, which are shown then. */
  #shows({ code, details }: WireError): boolean {
    if (code !== 'host-key-unknown') return false
    this.keys = ed25519First((details?.['keys'] ?? []) as readonly HostKey[])
    return this.keys.length > 0
  }

  #added({
    destination: { name },
    backups,
    unreadable,
  }: {
    readonly destination: { readonly name: string }
    readonly backups: number
    readonly unreadable: readonly { readonly why: string }[]
  }): void {
    const { toasts, navigation } = this.#app
    const text = backups === 0 ? null : `${plural(backups, 'backup')} found there.`
    toasts.show({ state: 'held', title: `Added ${name}`, text })
    const [first] = unreadable
    if (first !== undefined) {
      const title = `${plural(unreadable.length, 'thing')} at ${name} could not be read`
      toasts.show({ state: 'warn', title, text: first.why })
    }
    navigation.go({ screen: 'destination', destination: name })
  }
}

export const [newDestination, setNewDestination] = createContext<NewDestinationTask>()
