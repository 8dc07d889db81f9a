/** Where this tab keeps the half of its session that the browser does not send by itself. */
const key = 'holdfast-token'
const launch = /^#launch=([\w-]{1,100})$/

/**
 * The token of this tab's session: a launch code in the address is exchanged for one and taken out of the address and
 * the history; else the one that the tab has. Null where there is neither.
 */
export async function takeSession(page: Window): Promise<string | null> {
  const code = launch.exec(page.location.hash)?.[1]
  if (code === undefined) return page.sessionStorage.getItem(key)
  page.history.replaceState(null, '', '/')
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  }).catch(() => null)
  if (response === null || !response.ok) return page.sessionStorage.getItem(key)
  const { token } = (await response.json()) as { readonly token: string }
  page.sessionStorage.setItem(key, token)
  return token
}
