/** The colours of an account's parts, in bars and legends. */
export const partColours = {
  files: 'var(--deep-mark)',
  databases: 'light-dark(#7fb9b3, #35716c)',
  email: 'light-dark(#0b4f4d, #9adbd3)',
} as const
