import type { DestinationFinding, DestinationProfile } from '../../../shared/model/destination.ts'
import type { Clock, SecretStore } from '../ports.ts'
import { Throttles, type RateLimit } from '../throttle.ts'
import type { Destination } from './destination.ts'
import { openDestination, prepareDestination, testDestination, type Reach } from './registry.ts'
import { askedPatience, jobPatience, type Patience } from './retry.ts'
import type { OpenSftp } from './sftp/link.ts'
import { withReadme } from './with-readme.ts'

export interface DestinationAccessOptions {
  readonly clock: Clock
  readonly secrets: Pick<SecretStore, 'get'>
  readonly openSftp: OpenSftp
  /** A folder of this computer for parts of archives that are too large for memory. */
  readonly spoolFolder: string
}

/** Where a destination's secret key lies in the keychain or vault. */
export const secretKeyOf = (id: string): string => `destination/${id}/secret`

interface OpenOptions {
  readonly signal: AbortSignal
  /** How long failures that may pass are waited out. Default: as for work that runs by itself. */
  readonly patience?: Patience
  /** A limit besides the destination's own; a folder of this computer has none. */
  readonly limit?: RateLimit | null
}

/** The way to destinations: secrets, logins and rate limits in one place. */
export class DestinationAccess {
  readonly #options: DestinationAccessOptions
  readonly #throttles: Throttles

  constructor(options: DestinationAccessOptions) {
    this.#options = options
    this.#throttles = new Throttles(options.clock)
  }

  /** As `prepareDestination`; somebody waits. */
  async prepare(profile: DestinationProfile, { signal }: { readonly signal: AbortSignal }) {
    return prepareDestination(profile, this.#reach(profile, { signal, patience: askedPatience }))
  }

  /** As `openDestination`; `README.txt` comes with the first write. */
  async open(profile: DestinationProfile, options: OpenOptions): Promise<Destination> {
    return withReadme(await this.openBare(profile, options))
  }

  /** The same without the README. */
  async openBare(profile: DestinationProfile, options: OpenOptions): Promise<Destination> {
    return openDestination(profile, this.#reach(profile, options))
  }

  /** Tries there what backups do. What does not work is a finding; throws only where somebody cancelled. */
  async test(
    profile: DestinationProfile,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly DestinationFinding[]> {
    return testDestination(profile, this.#reach(profile, { signal, patience: askedPatience }))
  }

  #reach(profile: DestinationProfile, { signal, patience = jobPatience, limit }: OpenOptions): Reach {
    const { secrets, ...rest } = this.#options
    return {
      ...{ ...rest, signal, patience, throttle: this.#throttleOf(profile, limit) },
      secret: ({ id }) => secrets.get(secretKeyOf(id)),
    }
  }

  #throttleOf(profile: DestinationProfile, limit: RateLimit | null | undefined) {
    if (profile.kind === 'local') return null
    const { id, rateMbit } = profile
    return this.#throttles.of(rateMbit === null ? null : { key: id, mbit: rateMbit }, limit)
  }
}
