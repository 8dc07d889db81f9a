import type { Evidence } from './model/source.ts'

/** Why something belongs to a source, in words. Names in it are the server's: escape them for a screen. */
export function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'admin':
      return 'added by hand'
    case 'grant':
      return `grant to ${evidence.user}@${evidence.host}${evidence.exact ? '' : ' (pattern)'}`
    case 'owner':
      return `owned by ${evidence.role}`
    case 'prefix':
      return `prefix ${evidence.prefix}`
    case 'config-file':
      return `named in ${evidence.path}`
    case 'virtual-host':
      return `virtual host ${evidence.names.join(', ')} in ${evidence.path}`
    case 'mail-user':
      return `mailbox ${evidence.mailbox}`
    case 'home':
      return 'in the home'
    case 'login':
      return 'the login itself'
  }
}
