/** What the names of all throwaway accounts begin with; people's restores may not go there. */
export const throwawayPrefix = 'hfdrill_'

/** Whether an account is one that a drill makes and removes. */
export function isThrowaway(account: string): boolean {
  return account.startsWith(throwawayPrefix)
}
