import { Secret } from '../../secrets/secret.ts'

/** What a client needs to know of a server and a login. An empty password is not sent: the socket decides. */
export interface ClientLogin {
  readonly host: string | null
  readonly port: number | null
  readonly socket: string | null
  readonly user: string
  readonly password: Secret
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** An option file for MySQL and MariaDB clients, to be read from stdin by `--defaults-extra-file=/dev/stdin`. */
export function mysqlOptions(login: ClientLogin): Secret {
  const { host, port, socket, user } = login
  const password = login.password.reveal()
  const lines = [
    '[client]',
    `user=${quoted(user)}`,
    ...(password === '' ? [] : [`password=${quoted(password)}`]),
    ...(host === null ? [] : [`host=${quoted(host)}`]),
    ...(port === null ? [] : [`port=${port}`]),
    ...(socket === null ? [] : [`socket=${quoted(socket)}`]),
  ]
  return new Secret(`${lines.join('\n')}\n`)
}

/**
 * A connection service for libpq with the name `holdfast`, to be read from stdin as `PGSERVICEFILE=/dev/stdin`.
 * Unlike a password file it need not be a plain file. Without a host, a password goes to `localhost`: sockets ask
 * for none. A value keeps its inner spaces, but libpq drops those at its end.
 */
export function postgresqlService(login: ClientLogin, database: string): Secret {
  const { port, socket, user } = login
  const password = login.password.reveal()
  const host =
    login.host ?? socket?.replace(/\/\.s\.PGSQL\.\d+$/, '') ?? (password === '' ? null : 'localhost')
  const lines = [
    '[holdfast]',
    `user=${user}`,
    ...(password === '' ? [] : [`password=${password}`]),
    ...(host === null ? [] : [`host=${host}`]),
    ...(port === null ? [] : [`port=${port}`]),
    `dbname=${database}`,
  ]
  return new Secret(`${lines.join('\n')}\n`)
}
