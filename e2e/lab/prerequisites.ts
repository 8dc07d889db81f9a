import { spawnSync } from 'node:child_process'

import { installCommand, isInstalled, readPrograms } from '../programs.ts'

/** Something that a machine cannot run: why, and the command that would change it. */
export interface Missing {
  readonly reason: string
  readonly remedy: string
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
  const absent = readPrograms().filter((program) => program.purpose === 'lab' && !isInstalled(program.name))
  if (absent.length > 0) {
    return {
      reason: `the lab needs ${absent.map((program) => program.name).join(', ')}`,
      remedy: installCommand(absent),
    }
  }
  const refusal = tryNamespaces()
  return refusal === null
    ? null
    : {
        reason: `this machine refuses namespaces or overlay mounts (${refusal})`,
        remedy: 'in a virtual machine, or in a container started with --privileged: .ci/run',
      }
}

/** Mounts an overlay in namespaces of its own, and says what was refused; null where it worked. */
function tryNamespaces(): string | null {
  const script = `set -e
    cd "$(mktemp -d)"
    trap 'cd /; umount -l "$OLDPWD"; rmdir "$OLDPWD"' EXIT
    mount -t tmpfs lab "$PWD"
    cd "$PWD"
    mkdir lower upper work merged
    mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work lab merged`
  const namespaces = ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork']
  const trial = spawnSync('unshare', [...namespaces, 'sh', '-c', script], {
    encoding: 'utf8',
    timeout: 10_000,
  })
  return trial.status === 0 ? null : (trial.stderr.trim().split('\n')[0] ?? 'no answer')
}
