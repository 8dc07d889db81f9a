/** How a restore is left that goes on, or has ended, by itself: nobody is asked. */
export const closing = { text: 'Close', question: '', verb: '' } as const
export const hiding = { text: 'Hide', question: '', verb: '' } as const
