/** How the task is left before anything was started. */
export const cancelling = { text: 'Cancel', question: 'Leave without restoring?', verb: 'Leave' } as const
