import type { DestinationProfile } from './model/destination.ts'

/** Where a destination lies, in one line for people; two destinations with the same line are the same place. */
export function describePlace(profile: DestinationProfile): string {
  switch (profile.kind) {
    case 'local':
      return profile.path
    case 'sftp': {
      const { user, host, port, folder } = profile
      return `${user}@${host}${port === 22 ? '' : `:${port}`}:${folder}`
    }
    case 's3':
    case 'b2': {
      const { endpoint, region, bucket, prefix } = profile
      const at = endpoint === null ? region : endpoint.replace(/^https?:\/\/|\/$/g, '')
      return [at, bucket, ...(prefix === '' ? [] : [prefix])].join('/')
    }
  }
}
