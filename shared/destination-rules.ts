import type { TextRule } from './login-rules.ts'

/** The rules of a destination's texts, for schemas and for forms. */
export const destinationRules = {
  folder: { pattern: /^[^\0\r\n]+$/, wrong: 'A folder is one line.' },
  prefix: {
    pattern: /^([A-Za-z0-9!_.*'()=+@~-]+\/)*[A-Za-z0-9!_.*'()=+@~-]*$/,
    wrong: 'Use letters, digits, dots, dashes and slashes.',
  },
  bucket: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/,
    wrong: 'That is not the name of a bucket.',
  },
  region: { pattern: /^[a-z0-9][a-z0-9-]{0,62}$/, wrong: 'That is not a region.' },
  endpoint: {
    pattern: /^https?:\/\/[A-Za-z0-9.\-[\]:]+\/?$/,
    wrong: 'An endpoint is https:// and a host, without a path: that is the prefix.',
  },
  keyId: { pattern: /^[!-~]{1,256}$/, wrong: 'That is not a key id.' },
  storageClass: {
    pattern: /^[A-Z0-9_]{1,40}$/,
    wrong: 'A storage class is written like STANDARD_IA.',
  },
} as const satisfies Record<string, TextRule>
