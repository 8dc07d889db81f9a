import { advisedError } from '../advised-error.ts'
import { advise } from '../../../shared/advice.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import { disagreement } from './algorithms.ts'
import type { AlgorithmOffer, AlgorithmPart } from './algorithms.ts'
import { systemCode } from './dial.ts'
import { describeHostKey } from './fingerprint.ts'
import type { HostKeyVerdict } from './known-hosts.ts'
import type { ServerOffer } from './server-offer.ts'

/** How far a connection came. */
export type Phase = 'handshake' | 'login'

/** What the sentences need of a profile. */
type LoginTarget = Pick<Server, 'host' | 'port' | 'user' | 'legacyAlgorithms'>

/** Where a host key was judged. */
interface Address {
  readonly host: string
  readonly port: number
}

/** The error for a key that is not known, or null where it is. */
export function hostKeyError(address: Address, key: Buffer, verdict: HostKeyVerdict): AppError | null {
  const shown = describeHostKey(key)
  const place = `${address.host} port ${address.port}`
  const details = { host: address.host, port: address.port, keys: [shown] }
  switch (verdict.kind) {
    case 'known':
      return null
    case 'unknown':
      return new AppError(
        'host-key-unknown',
        `${place} shows a host key that is not known yet, ${shown.fingerprint} (${shown.type}); no login was tried.${
          verdict.certAuthority
            ? ' The known certificate authority does not help: certificates are not supported.'
            : ''
        } Compare it with the server's own, then accept it.`,
        { details: { ...details, certAuthority: verdict.certAuthority } },
      )
    case 'changed':
      return advisedError(
        'host-key-changed',
        advise`${place} shows another host key than before: it was set up anew, or someone stands in between. No login data was sent. Ask the server's owner, then replace the key ${{ way: 'replace-host-key' }}.`,
        { details: { ...details, known: verdict.known.map(describeHostKey) } },
      )
    case 'revoked':
      return new AppError(
        'host-key-revoked',
        `${place} shows a host key that is marked as revoked, so someone may have stolen it. No login data was sent. Have the server's keys made anew.`,
        { details },
      )
  }
}

const partNames: Readonly<Record<AlgorithmPart, string>> = {
  kex: 'key exchange',
  hostKey: 'host key',
  cipher: 'encryption',
  mac: 'integrity',
}

/**
 * Translates what ssh2 raised before a login was complete, by its `level`, `code` and how far things had come.
 * An `AppError` stays as it is.
 */
export function connectError(
  error: unknown,
  facts: {
    readonly server: LoginTarget
    readonly phase: Phase
    readonly offer: AlgorithmOffer
    readonly theirs: ServerOffer | null
    readonly tried: readonly string[]
    readonly wanted: readonly string[]
  },
): AppError {
  if (error instanceof AppError) return error
  const { server, offer, theirs } = facts
  const place = `${server.host} port ${server.port}`
  if (facts.phase === 'handshake') {
    const part = theirs && disagreement(offer, theirs)
    if (theirs && part) return algorithmError(server, part, theirs[part])
    if (!theirs) {
      return new AppError(
        'unreachable',
        `${place} answers, but not as an SSH server, or it is too busy to; nothing was read or changed. Check the port, then try again.`,
        { cause: error, details: { cause: systemCode(error) } },
      )
    }
    return new AppError(
      'unreachable',
      `The handshake with ${place} was broken off: the server failed, or something on the way alters the connection. No login data was sent. Try again, from another network if it stays so.`,
      { cause: error, details: { level: levelOf(error) } },
    )
  }
  if (facts.tried.length === 0) {
    return new AppError(
      'unreachable',
      `${place} closed the connection before the login of ${server.user}; nothing was read or changed. Look into the server's own log, then try again.`,
      { cause: error },
    )
  }
  return loginRefused(server, facts, error)
}

function algorithmError(server: LoginTarget, part: AlgorithmPart, theirs: readonly string[]): AppError {
  const tried = `${server.host} offers only ${partNames[part]} methods that are no longer safe or not supported (${theirs.join(', ')}); no login was tried.`
  return advisedError(
    'algorithm-refused',
    server.legacyAlgorithms
      ? advise`${tried} Update its SSH server.`
      : advise`${tried} Update its SSH server, or allow old methods for this server alone ${{ way: 'old-algorithms' }}.`,
    { details: { part, offered: theirs } },
  )
}

/** The error for a login of which nothing is left to try. */
export function loginRefused(
  server: LoginTarget,
  facts: { readonly tried: readonly string[]; readonly wanted: readonly string[] },
  cause?: unknown,
): AppError {
  const tried = facts.tried.join(', ') || 'nothing'
  const wanted = facts.wanted.filter((name) => !facts.tried.includes(name)).join(', ')
  return new AppError(
    'auth-failed',
    `${server.host} refused the login of ${server.user} (tried: ${tried}${wanted ? `; it also takes: ${wanted}` : ''}); nothing was read or changed. Check the user name and the key or password, then try again.`,
    { cause, details: { tried: facts.tried, accepts: facts.wanted } },
  )
}

function levelOf(error: unknown): string | null {
  return error instanceof Error && 'level' in error && typeof error.level === 'string' ? error.level : null
}
