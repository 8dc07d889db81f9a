import { createRequire } from 'node:module'

/**
 * Whether ssh2 encrypts with its native addon in this process. Without it everything works, at about twice the
 * CPU. ssh2 itself does not tell, so this loads the same file that ssh2 tries to load.
 */
export function ssh2AddonInUse(): boolean {
  try {
    const require = createRequire(import.meta.url)
    createRequire(require.resolve('ssh2'))('./protocol/crypto/build/Release/sshcrypto.node')
    return true
  } catch {
    return false
  }
}
