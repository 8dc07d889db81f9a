import type { DestinationProfile } from '../../../shared/model/destination.ts'
import type { Answers } from '../../fixtures/answers.ts'
import { inventedId } from '../../fixtures/write-backups.ts'

const addedAt = '2025-05-12T09:00:00.000Z'
const common = (name: string, encrypted: boolean) => ({
  ...{ id: inventedId(name, new Date(addedAt)), name, addedAt, encrypted },
})

const destinations: readonly DestinationProfile[] = [
  { kind: 'local', ...common('this-computer', false), path: '/home/mara/Holdfast' },
  {
    ...{ kind: 'b2', ...common('Backblaze-B2', true) },
    ...{ endpoint: 'https://s3.eu-central-003.backblazeb2.com', region: 'eu-central-003' },
    ...{ bucket: 'harborline-offsite', prefix: '', keyId: '0031f2a9c4d8e7b0000000004', rateMbit: 40 },
  },
  {
    ...{ kind: 's3', ...common('Amazon-S3', true), endpoint: null, region: 'eu-north-1' },
    ...{ bucket: 'mara-vault', prefix: 'holdfast', pathStyle: false, keyId: 'AKIAIOSFODNN7EXAMPLE' },
    ...{ storageClass: 'STANDARD_IA', encryption: { kind: 'bucket' }, authority: null, rateMbit: null },
    conditionalWrites: true,
  },
  {
    ...{ kind: 'sftp', ...common('nas.mara.example', true), host: 'nas.mara.example', port: 22 },
    ...{ user: 'mara', auth: { kind: 'agent' }, folder: '/volume1/holdfast', rateMbit: null },
  },
]

const computerKey = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'
const recoveryKey = 'age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg'

/** Where the copies of the invented fleet lie. */
export const destinationAnswers: Answers = {
  'destinations.list': () => ({ destinations: [...destinations] }),
  'recoveryKey.status': () => ({
    ...{ state: 'confirmed', computer: computerKey, pending: null, given: [] },
    recovery: { recipient: recoveryKey, confirmedAt: addedAt },
  }),
  'destinations.show': ({ name }) => {
    const destination = destinations.find((each) => each.name === name) ?? destinations[0]
    if (destination === undefined) throw new Error(`There is no ${name}.`)
    return { destination, freeBytes: destination.kind === 'local' ? 318e9 : null, backups: 214 }
  },
}
