import type { WebFrameMain } from 'electron'

export const scheme = 'app'
/** The only origin that the window shows. */
export const origin = 'app://holdfast'
export const pageUrl = `${origin}/`

/** True for an address of our own page: this scheme, this host, no port, no user. */
export function isOurs(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === `${scheme}:` && url.host === 'holdfast' && url.username === ''
}

/** True for the top frame of a window that shows our page; false for what is in a frame, foreign or already gone. */
export function isOurFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOurs(frame.url) && frame.origin === origin
}
