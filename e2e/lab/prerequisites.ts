import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Something that a machine cannot run: why, and the command that would change it. */
export interface Missing {
  readonly reason: string
  readonly remedy: string
}

/** Program: the Debian package that brings it. */
const programs = {
  mmdebstrap: 'mmdebstrap',
  zstd: 'zstd',
  ip: 'iproute2',
  tc: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  flock: 'util-linux',
  'ssh-keygen': 'openssh-client',
  python3: 'python3',
} as const

/** Whether a program of that name is on the PATH, or among the administrator's programs. */
export function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What keeps the lab from running on this machine, or null. Takes some 20 ms; changes nothing. */
export function whatTheLabMisses(): Missing | null {
  if (process.platform !== 'linux') {
    return {
      reason: 'the lab runs real servers in Linux namespaces, and this is not Linux',
      remedy: 'in a Debian 12 machine: sudo .ci/run',
    }
  }
  if (process.getuid?.() !== 0) {
    return {
      reason: 'the lab needs root, for namespaces, mounts and a bridge',
      remedy: 'sudo env "PATH=$PATH" npm test',
    }
  }
  const packages = Object.entries(programs)
    .filter(([program]) => !isInstalled(program))
    .map(([, name]) => name)
  if (packages.length > 0) {
    return {
      reason: `the lab needs programs that are not installed (${[...new Set(packages)].join(', ')})`,
      remedy: `apt-get install -y --no-install-recommends ${[...new Set(packages)].join(' ')}`,
    }
  }
  const trial = spawnSync(
    'unshare',
    [
      ...['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', 'sh', '-c'],
      'd=$(mktemp -d) && trap "umount $d/m $d; rmdir $d" EXIT && mount -t tmpfs lab $d && mkdir $d/l $d/u $d/w $d/m && ' +
        'mount -t overlay -o lowerdir=$d/l,upperdir=$d/u,workdir=$d/w lab $d/m',
    ],
    { encoding: 'utf8', timeout: 10_000 },
  )
  if (trial.status !== 0) {
    return {
      reason: `this machine refuses namespaces or overlay mounts (${trial.stderr.trim().split('\n')[0] ?? ''})`,
      remedy: 'in a virtual machine, or in a container started with --privileged: .ci/run',
    }
  }
  return null
}
