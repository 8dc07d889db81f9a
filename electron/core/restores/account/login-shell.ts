/** Shells that give a login no more than any other of them does. */
const ordinary = /\/(ba|da|z|k|mk|tc|c|a|fi)?sh$|\/ksh93$/

const common = ['/bin/bash', '/usr/bin/bash', '/bin/sh', '/usr/bin/sh']
const closed = ['/usr/sbin/nologin', '/sbin/nologin', '/bin/false', '/usr/bin/false']

/** Every shell that a new account may get; the first is the backup's, where that has one. */
export function possibleShells(backup: string | null): readonly string[] {
  return [...(backup === null || !backup.startsWith('/') ? [] : [backup]), ...common, ...closed]
}

/**
 * The shell of a new account: the backup's where the server has it and allows it. In the place of an ordinary one comes
 * bash or sh; in the place of any other, which may have kept the account from something, one that lets nobody in.
 */
export function loginShell(backup: string | null, available: ReadonlySet<string>): string {
  const named = backup === '' ? '/bin/sh' : backup
  if (named !== null && available.has(named)) return named
  const instead = named !== null && ordinary.test(named) ? [...common, ...closed] : closed
  return instead.find((shell) => available.has(shell)) ?? '/usr/sbin/nologin'
}
