import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  readonly open: (route: string) => void
}

/** The menu of the program: on macOS in the bar of the screen, elsewhere in the window. */
export function appMenu(
  { open }: MenuActions,
  { platform, packaged }: { readonly platform: NodeJS.Platform; readonly packaged: boolean },
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CommandOrControl+,',
    click: () => open('#/settings'),
  }
  const program: MenuItemConstructorOptions[] = [
    { role: 'about', label: 'About Holdfast' },
    { type: 'separator' },
    settings,
    { type: 'separator' },
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    { type: 'separator' },
    { role: 'quit', label: 'Quit Holdfast' },
  ]
  const file: MenuItemConstructorOptions[] = [
    { label: 'Add a server…', accelerator: 'CommandOrControl+N', click: () => open('#/add-server') },
    ...(mac ? [] : [{ type: 'separator' } as const, settings]),
    { type: 'separator' },
    mac ? { role: 'close' } : { role: 'quit', label: 'Quit Holdfast' },
  ]
  const go: MenuItemConstructorOptions[] = [
    { label: 'Overview', accelerator: 'CommandOrControl+1', click: () => open('#/') },
    { label: 'Backups', accelerator: 'CommandOrControl+2', click: () => open('#/backups') },
    { label: 'Jobs', accelerator: 'CommandOrControl+3', click: () => open('#/jobs') },
  ]
  const view: MenuItemConstructorOptions[] = [
    ...(packaged ? [] : [{ role: 'toggleDevTools' } as const, { type: 'separator' } as const]),
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  return [
    ...(mac ? [{ label: 'Holdfast', submenu: program }] : []),
    { label: '&File', submenu: file },
    { role: 'editMenu' },
    { label: '&View', submenu: view },
    { label: '&Go', submenu: go },
    { role: 'windowMenu' },
  ]
}
