import { AppError } from '../../../shared/errors.ts'
import type { ServerDraft } from '../../../shared/contract.ts'
import type { AccountSource, Discovery } from '../../../shared/model/source.ts'
import type { HostKey, Server, Survey } from '../../../shared/model/server.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { inventedFleet } from '../../fixtures/fleet-facts.ts'
import { inventedId } from '../../fixtures/write-backups.ts'
import { pictured } from './jobs.ts'

const draft = (name: string, host: string, user: string, port = 22): ServerDraft => ({
  ...{ name, host, port, user, auth: { kind: 'agent' }, elevation: 'none' },
  ...{ jump: null, rateMbit: null, legacyAlgorithms: false },
})
const hosts = (drafts: readonly ServerDraft[]) => ({
  drafts: drafts.map((each) => ({ alias: each.name, draft: each, notes: [] })),
  notes: [],
})

/** What the first key of harbor-2 is. */
export const fingerprint = 'SHA256:mVb3kYqT8u0Z1rLdWn5EcF7hJxA29oPsGtQi4RzKyUe'
const other = (type: string, letter: string): HostKey => ({
  type,
  fingerprint: `SHA256:${letter.repeat(43)}`,
})
const keys: readonly HostKey[] = [
  { type: 'ssh-ed25519', fingerprint },
  ...[other('ssh-rsa', 'r'), other('ecdsa-sha2-nistp256', 'e')],
]

const harbor2: Server = {
  ...draft('harbor-2', 'web2.harborline.example', 'backup'),
  ...{ id: inventedId('harbor-2', pictured), addedAt: pictured.toISOString(), elevation: 'sudo' },
}

const survey: Survey = {
  ...{ takenAt: pictured.toISOString(), hostname: 'harbor-2', os: 'AlmaLinux 9.5', machine: null },
  ...{ panel: 'cpanel', privilege: 'sudo', loginUser: 'backup', uid: 1000, tools: {}, cpus: 4 },
  ...{ codecs: ['zstd', 'gzip'], freeBytes: { '/home': 61e9 }, uidMin: 1000, protectedHardlinks: true },
  mysql: { version: '10.11.6-MariaDB', reachable: true },
  postgresql: { version: '15.6', reachable: false },
}

const names = ['alicenew', 'bramble', 'otter', 'pilot', 'quince', 'rowan']

function account(name: string, at: number): AccountSource {
  const count = at < 2 ? 3 : 2
  return {
    ...{ kind: 'account', name, uid: 1001 + at, gid: 1001 + at, groups: [name], gecos: '' },
    ...{ home: `/home/${name}`, homeExists: true, shell: '/bin/bash', homeBytes: 5.9e9 },
    databases: Array.from({ length: count }, (_, place) => ({
      ...{ engine: 'mysql', name: `${name}_${place}`, bytes: 29e6 },
      evidence: [{ kind: 'prefix', prefix: `${name}_` }],
    })),
    mailboxes: Array.from({ length: at === 0 ? 3 : 4 }, (_, place) => ({
      ...{ domain: `${name}.example`, name: `box${place}`, path: `/home/${name}/mail/box${place}` },
      ...{ uid: 1001 + at, gid: 1001 + at, insideHome: true, evidence: [] },
    })),
    ...{ paths: [], sites: [], hasCrontab: true, configFiles: [], domains: [`${name}.example`] },
  }
}
const found: Discovery = { sources: names.map(account), unclaimed: [], notes: [], failed: [] }

/** The way of adding harbor-2: its key is not known, then it is trusted. */
export const addServerAnswers: Answers = {
  'servers.importable': () =>
    hosts([
      draft('harbor-2', 'web2.harborline.example', 'backup'),
      draft('old-vps', 'vps.example', 'root'),
      draft('staging-fi', 'staging.example', 'root'),
    ]),
  'servers.add': ({ accept }) => {
    if (accept === null)
      throw new AppError('host-key-unknown', 'This computer has never connected to it before.', {
        details: { keys: [...keys] },
      })
    return { server: harbor2, survey }
  },
  'sources.list': () => found,
}

/** What a new user has: three hosts in their SSH configuration. */
export const firstRunAnswers: Answers = {
  'fleet.show': async (_, real) => ({ ...(await real()), servers: [], storage: [] }),
  'jobs.list': () => ({ jobs: [] }),
  'practice.status': () => ({ available: true, running: false }),
  'servers.importable': () =>
    hosts(inventedFleet.map(({ name, host, user, port }) => draft(name, host, user, port))),
}
