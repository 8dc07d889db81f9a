/** What one part of a profile may look like, and the sentence for what does not. */
export interface TextRule {
  readonly pattern: RegExp
  readonly wrong: string
}

/** The rules of a profile's texts, for schemas and for forms. */
export const loginRules = {
  name: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    wrong: 'Use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit.',
  },
  host: {
    pattern: /^(?!-)[A-Za-z0-9._:-]{1,253}(%[A-Za-z0-9]+)?$/,
    wrong: 'That is not a host name or an IP address.',
  },
  user: { pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, wrong: 'That is not a login name.' },
} as const satisfies Record<string, TextRule>
