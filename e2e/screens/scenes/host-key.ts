import type { Answers } from '../../fixtures/answers.ts'
import { fleetAnswers } from './fleet.ts'

const type = 'ssh-ed25519'
const trusted = { type, fingerprint: 'SHA256:p4Xw7dRk0QmNs8VeYbU2cJ6tHfA1zLoGiT5ErK9xBn0' }
const offered = { type, fingerprint: 'SHA256:Zq8LtN3v5hWdaE7yMxP0uC2kRgS6jBfIoV4TwD1nXs9' }

/** fjord shows another key than the one that is trusted. */
export const hostKeyAnswers: Answers = {
  ...fleetAnswers((servers) =>
    servers.map((each) =>
      each.server.name === 'fjord'
        ? { ...each, sources: each.sources.map((source) => ({ ...source, state: 'blocked' as const })) }
        : each,
    ),
  ),
  'servers.show': async (_, real) => ({ ...(await real()), hostKeys: [trusted] }),
  'servers.scan': () => ({ keys: [offered] }),
}
