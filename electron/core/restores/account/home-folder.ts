import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { mapAcl } from '../mapping/map-acl.ts'
import type { RestoreArchive } from '../restore-context.ts'
import type { NewIds } from './ids.ts'
import type { AccountRoom } from './room.ts'

type HomeFields = Pick<StepOf<'create-account'>, 'homeMode' | 'homeOwner' | 'homeGroup' | 'homeAcl'>

interface HomeOptions {
  readonly mapping: RestoreMapping
  readonly ids: NewIds
  readonly room: Pick<AccountRoom, 'users' | 'groups'>
  /** Numbers below belong to the system, and are the same on servers of one kind. */
  readonly uidMin: number
}

function modeOf({ account, reader, trusted }: RestoreArchive): number {
  const text = account?.homeFolder?.mode
  const root = reader.stat(Buffer.from('files'))
  const mode =
    text === undefined ? (root === null || root.implied ? 0o750 : root.mode) : Number.parseInt(text, 8)
  return mode & (trusted ? 0o3777 : 0o755)
}

/** Entries that name somebody, with the mask that bounds them; those of other people of the old server are left out. */
function aclOf(lines: readonly string[], { mapping, uidMin }: HomeOptions): string[] {
  const kept = lines.filter((line) => {
    const [, id] = /^(?:default:)?(?:user|group):([0-9]+):/.exec(line) ?? []
    if (id === undefined) return true
    return Number(id) < uidMin || Number(id) === mapping.uid.from || Number(id) === mapping.gid.from
  })
  const extended = kept.some((line) => /^default:|^(?:user|group):[^:]/.test(line))
  if (!extended) return []
  return kept.filter((line) => !/^(?:user|other)::/.test(line)).map((line) => mapAcl(mapping, line))
}

/**
 * What the new home is like: mode, owner, group and ACL of the backup's, as far as those are there. Of an archive that is
 * not ours only the mode is believed, and nobody but the account may write there.
 */
export function homeFolderOf(archive: RestoreArchive, options: HomeOptions): HomeFields {
  const { mapping, ids, room } = options
  const homeMode = modeOf(archive)
  const own = { homeMode, homeOwner: mapping.user.to, homeGroup: ids.group, homeAcl: [] }
  const folder = archive.account?.homeFolder
  if (!archive.trusted || folder == null) return own
  const isThere = (list: readonly { readonly name: string }[], name: string) =>
    list.some((one) => one.name === name)
  const foreign = folder.uid !== mapping.uid.from && isThere(room.users, folder.owner)
  const foreignGroup = folder.gid !== mapping.gid.from && isThere(room.groups, folder.group)
  return {
    homeMode,
    homeOwner: foreign ? folder.owner : own.homeOwner,
    homeGroup: foreignGroup ? folder.group : own.homeGroup,
    homeAcl: aclOf(folder.acl ?? [], options),
  }
}
