import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/ports.ts'
import { sameSecret, type Refusal } from './guard.ts'

/** How long a launch code waits to be used, in milliseconds of the monotonic clock. */
const codeLife = 10 * 60_000
/** Wrong codes or sessions in a row after which nobody may try for `lockTime` milliseconds. */
const attempts = 10
const lockTime = 60_000

const newSecret = () => randomBytes(32).toString('base64url')

/**
 * What proves that a request comes from the page that was opened on purpose: a cookie that no script can read, and a
 * token that the page sends itself. A cookie is sent to every port of this computer, so it alone proves nothing.
 */
export interface Session {
  readonly cookie: string
  readonly token: string
}

/** Launch codes, each good once, and the sessions that they were exchanged for; gone when the process ends. */
export class Sessions {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #codes = new Map<string, number>()
  readonly #sessions: Session[] = []
  #failures = 0
  #lockedUntil = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** A code of 256 bits that opens one session. */
  newCode(): string {
    const code = newSecret()
    this.#codes.set(code, this.#clock.monotonic() + codeLife)
    return code
  }

  /**
   * Takes a code in exchange for a session. A browser that has a `cookie` of ours already keeps it, with another token:
   * it has one for all of its pages, and a new one would sign the others out.
   */
  open(code: string, { cookie }: Pick<Session, 'cookie'>): Session | Refusal {
    if (this.#locked()) return { status: 429, refused: 'code' }
    const now = this.#clock.monotonic()
    for (const [known, until] of this.#codes) {
      if (now > until) this.#codes.delete(known)
      else if (sameSecret(code, known)) return this.#accept(known, cookie)
    }
    this.#fail()
    return { status: 401, refused: 'code' }
  }

  /** Null where both halves belong to one session. */
  check({ cookie, token }: Session): Refusal | null {
    for (const known of this.#sessions) {
      const halves = [sameSecret(cookie, known.cookie), sameSecret(token, known.token)]
      if (halves.every(Boolean)) return null
    }
    return { status: 401, refused: 'session' }
  }

  #accept(code: string, cookie: string): Session {
    this.#codes.delete(code)
    this.#failures = 0
    const known = this.#sessions.find((session) => sameSecret(cookie, session.cookie))
    const session = { cookie: known?.cookie ?? newSecret(), token: newSecret() }
    this.#sessions.push(session)
    return session
  }

  #locked(): boolean {
    return this.#clock.monotonic() < this.#lockedUntil
  }

  #fail(): void {
    this.#failures += 1
    if (this.#failures < attempts) return
    this.#failures = 0
    this.#lockedUntil = this.#clock.monotonic() + lockTime
  }
}

/** Each port has a cookie of its own name, so that two servers of one user do not take each other's. */
export const cookieName = (port: number) => `holdfast-${port}`

/** The value of a cookie in a `Cookie` header; empty where it is not there or there twice. */
export function readCookie(header: string | undefined, name: string): string {
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
  return found.length === 1 ? (found[0] ?? '').slice(name.length + 1) : ''
}
