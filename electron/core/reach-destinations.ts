import type { Server } from '../../shared/model/server.ts'
import { DestinationAccess, type DestinationAccessOptions } from './destinations/access.ts'
import type { SftpProfile } from './destinations/sftp/link.ts'
import type { ServerAccess } from './servers/server-access.ts'

/** The login of an SFTP destination as a server's. Its secrets and host keys lie where those of servers do. */
export function loginOf({ id, name, host, port, user, auth, addedAt }: SftpProfile): Server {
  return {
    ...{ id, name, host, port, user, auth, addedAt },
    ...{ elevation: 'none', jump: null, rateMbit: null, legacyAlgorithms: false },
  }
}

/** The way to destinations, by the same logins and host keys as to servers. */
export function reachDestinations({
  servers,
  ...rest
}: Omit<DestinationAccessOptions, 'openSftp'> & { readonly servers: ServerAccess }): DestinationAccess {
  return new DestinationAccess({
    ...rest,
    openSftp: (profile, options) => servers.openSftp(loginOf(profile), options),
  })
}
