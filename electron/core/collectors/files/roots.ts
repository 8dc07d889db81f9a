import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { AccountSource } from '../../../../shared/model/source.ts'

/** One folder of an account that is read as a component of its own. */
export interface Root {
  readonly kind: 'files' | 'paths'
  /** Name of the component: `home`, or the absolute path as a `RemoteName`. */
  readonly name: string
  /** Absolute path, without a slash at its end. */
  readonly path: Buffer
  /** Where it stands in the archive: `files`, or `paths/var/www/site`. */
  readonly prefix: Buffer
  /** What lies below but belongs to another component, relative to the root, with that component's name. */
  readonly held: readonly { readonly path: Buffer; readonly by: string }[]
}

/**
 * The home, then the further paths in order. A path inside of the home is part of the home; where one root lies in
 * another, the outer one leaves it out. Mailboxes are left to the mail component.
 */
export function rootsOf(source: AccountSource): Root[] {
  const home = absolute(source.home)
  const further = source.paths
    .map(({ path }) => ({ name: path, path: absolute(path) }))
    .filter(
      ({ path }, at, all) => path.length > 1 && all.findIndex((other) => other.path.equals(path)) === at,
    )
    .filter(({ path }) => !path.equals(home) && relative(home, path) === null)
  const taken = [
    ...source.mailboxes.map((mailbox) => ({ path: absolute(mailbox.path), by: 'mail' })),
    ...further.map(({ path }) => ({ path, by: 'paths' })),
    { path: home, by: 'files' },
  ]
  const heldIn = (root: Buffer) =>
    taken.flatMap(({ path, by }) => {
      const below = relative(root, path)
      return below === null ? [] : [{ path: below, by }]
    })
  const files = {
    kind: 'files',
    name: 'home',
    path: home,
    prefix: Buffer.from('files'),
    held: heldIn(home),
  } as const
  const paths = further.map(({ name, path }) => ({
    kind: 'paths' as const,
    name,
    path,
    prefix: Buffer.concat([Buffer.from('paths'), path]),
    held: heldIn(path),
  }))
  return [files, ...paths]
}

/** An absolute path without empty and `.` parts. */
export function absolute(name: string): Buffer {
  const parts = Buffer.from(fromRemoteName(name)).toString('latin1').split('/')
  return Buffer.from(`/${parts.filter((part) => part !== '' && part !== '.').join('/')}`, 'latin1')
}

/** Where `path` lies below `root`, or null. */
export function relative(root: Buffer, path: Buffer): Buffer | null {
  const start = root.length === 1 ? root : Buffer.concat([root, Buffer.from('/')])
  const below = path.length > start.length && path.subarray(0, start.length).equals(start)
  return below ? path.subarray(start.length) : null
}
