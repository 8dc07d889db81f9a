import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/local/sbin']

/**
 * General tools of a server that come from this machine where it has them. What is not named here is not there for
 * a script: so nothing of this machine's own web, mail or database servers is ever seen.
 */
export const commonTools = [
  'sh bash awk sed grep egrep find tar gzip zstd pigz xz bzip2 cmp diff',
  'base64 basename cat chgrp chmod chown cksum comm cp cut date dd df dirname du echo env expr false fold head id',
  'install join ln ls md5sum mkdir mkfifo mktemp mv nice nl nohup nproc od paste printenv printf pwd readlink',
  'realpath rm rmdir seq sha1sum sha256sum sha512sum shred shuf sleep sort split stat stdbuf sum sync tac tail tee',
  'test timeout touch tr true truncate tsort uname unlink uniq wc xargs yes',
  'flock getconf getfacl getfattr ionice kill ps renice setfacl setfattr setsid',
]
  .join(' ')
  .split(' ')

/** The client side of MariaDB, for scripts. */
export const databaseTools = ['mariadb', 'mariadb-dump', 'mysql', 'mysqldump'] as const

/** Absolute path of a program on the PATH or in the usual folders of a Linux system, or null. */
export function findTool(name: string, path = process.env['PATH'] ?? ''): string | null {
  for (const folder of [...path.split(':'), ...folders]) {
    if (!folder.startsWith('/')) continue
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      if (statSync(file).isFile()) return file
    } catch {
      continue
    }
  }
  return null
}
