import type { AccountSource } from '../../shared/model/source.ts'

/** An account of the lab as discovery would describe it. */
export function labAccount(change: Partial<AccountSource> & { readonly name: string }): AccountSource {
  return {
    kind: 'account',
    uid: 1000,
    gid: 1000,
    groups: [change.name],
    gecos: '',
    home: `/home/${change.name}`,
    homeExists: true,
    shell: '/bin/bash',
    homeBytes: null,
    databases: [],
    mailboxes: [],
    paths: [],
    sites: [],
    hasCrontab: false,
    configFiles: [],
    domains: [],
    ...change,
  }
}

/** Somewhere to run `sh -c`, as root. */
export interface TreeHost {
  exec(command: string, options?: { readonly input?: Uint8Array }): Promise<{ readonly stdout: string }>
}

/**
 * Everything about a tree that a backup must keep, as find, sha256sum, getfacl and getfattr see it: name to type,
 * mode, owner, time, link target, size and SHA-256, and two further texts for ACLs and xattrs. `prune` is a find
 * expression.
 */
export async function describeTree(
  host: TreeHost,
  folder: string,
  prune = '-false',
): Promise<Map<string, string>> {
  const walk = `find -P . -xdev -mindepth 1 \\( ${prune} \\) -prune -o`
  const { stdout } = await host.exec(`cd ${folder} || exit
    ${walk} \\( -type f -printf '%P\\0%y %m %U:%G %T@ %s %l\\0' -o -printf '%P\\0%y %m %U:%G %T@ %l\\0' \\)
    printf '\\0\\0'
    ${walk} -type f -print0 | xargs -0r sha256sum -z --
    printf '\\0'
    ${walk} ! -type l -print0 | sort -z | xargs -0r getfacl -nps --
    printf '\\0'
    ${walk} -print0 | sort -z | xargs -0r getfattr -hd -m ^user. -- 2>/dev/null; :`)
  const [entries, rest] = split(stdout, '\0\0\0')
  const fields = entries.split('\0')
  const tree = new Map<string, string>()
  for (let at = 0; at + 1 < fields.length; at += 2) tree.set(fields[at] ?? '', fields[at + 1] ?? '')
  const parts = rest.split('\0')
  for (const sum of parts.slice(0, -3)) {
    const name = sum.slice(68)
    tree.set(name, `${tree.get(name) ?? 'not listed'} ${sum.slice(0, 64)}`)
  }
  tree.set('ACLs', parts.at(-2) ?? '')
  tree.set('extended attributes', parts.at(-1) ?? '')
  return tree
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)]
}

/** Opens an archive on the host with plain GNU tar, as root, and returns the folder. Removed by the next call. */
export async function openArchive(host: TreeHost, archive: Buffer): Promise<string> {
  const folder = '/var/tmp/opened'
  await host.exec(
    `rm -rf ${folder} && mkdir -m 700 ${folder} && cd ${folder} && tar --acls --xattrs --xattrs-include='*' --same-owner -xpzf -`,
    { input: archive },
  )
  return folder
}

/** Processes of our scripts, and the folders that they make, on a lab host. */
export async function leftoversOn(host: TreeHost): Promise<string[]> {
  const { stdout } = await host.exec(
    `grep -lazs '^HF_RUN=' /proc/[0-9]*/environ; ls -d /run/holdfast-* /dev/shm/holdfast-* /tmp/holdfast-* 2>/dev/null; :`,
  )
  return stdout.split('\n').filter((line) => line !== '')
}
