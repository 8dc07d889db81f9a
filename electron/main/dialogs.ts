import { dialog, type BrowserWindow, type MessageBoxOptions, type OpenDialogOptions } from 'electron'
import type { PickKind } from '../../shared/desktop.ts'

const picks: Readonly<Record<PickKind, OpenDialogOptions>> = {
  folder: { title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] },
  archive: {
    title: 'Choose an archive',
    properties: ['openFile'],
    filters: [
      { name: 'Archives', extensions: ['gz', 'tgz', 'tar', 'zst', 'zip'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  key: { title: 'Choose a private key', properties: ['openFile', 'showHiddenFiles'] },
}

/** Asks for one place of this computer. Null where none was chosen. */
export async function pick(kind: PickKind, window: BrowserWindow | null): Promise<string | null> {
  const options = picks[kind]
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return canceled ? null : (filePaths[0] ?? null)
}

/** True for the second button; Escape and Return mean the first. */
export async function confirms(
  question: {
    readonly message: string
    readonly detail: string
    readonly buttons: readonly [string, string]
  },
  window: BrowserWindow | null,
): Promise<boolean> {
  const options: MessageBoxOptions = {
    ...{ type: 'question', title: 'Holdfast', message: question.message, detail: question.detail },
    ...{ buttons: [...question.buttons], defaultId: 0, cancelId: 0, noLink: true },
  }
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options))
  return response === 1
}
