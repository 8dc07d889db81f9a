import { app, session, type WebContents } from 'electron'
import { isOurs } from './origin.ts'

/** Switches that open the program to others or take its keychain away; none of them is for a packaged one. */
const refusedSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'js-flags',
  'password-store',
  'disable-web-security',
  'no-sandbox',
  'load-extension',
]

/** A switch that a packaged program must not be started with, or null. */
export function refusedSwitch(): string | null {
  if (!app.isPackaged) return null
  return refusedSwitches.find((name) => app.commandLine.hasSwitch(name)) ?? null
}

/** Holds whatever page there is to our own: nowhere else to go, no other windows, nothing embedded. */
function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Copying text is all that our page may ask of the system. */
const allowedPermission = 'clipboard-sanitized-write'

function guardPermissions(): void {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((contents, permission, answer) =>
    answer(permission === allowedPermission && isOurs(contents.getURL())),
  )
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, requester) => permission === allowedPermission && isOurs(requester),
  )
  defaultSession.setDevicePermissionHandler(() => false)
}

/** After `ready`, before the first window. */
export function installGuards(): void {
  guardPermissions()
  app.on('web-contents-created', (_event, contents) => guardContents(contents))
}
