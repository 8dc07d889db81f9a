import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { app } from 'electron'

/** Started so, the program shows no window until somebody asks for it. */
export const hiddenSwitch = 'hidden'

/** An argument for `Exec=` by the Desktop Entry Specification; null where none can hold it. */
export function quoteExec(argument: string): string | null {
  if (/[\n\r\0]/.test(argument)) return null
  return `"${argument.replace(/[\\"`$]/g, '\\\\$&').replaceAll('%', '%%')}"`
}

function autostartFile(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart', 'holdfast.desktop')
}

async function writeAutostart(enabled: boolean, env: NodeJS.ProcessEnv): Promise<void> {
  const file = autostartFile(env)
  if (!enabled) {
    await rm(file, { force: true })
    return
  }
  const program = quoteExec(env['APPIMAGE'] ?? process.execPath)
  if (program === null) return
  await mkdir(dirname(file), { recursive: true })
  const entry = ['[Desktop Entry]', 'Type=Application', 'Name=Holdfast', `Exec=${program} --${hiddenSwitch}`]
  await writeFile(file, `${entry.join('\n')}\n`)
}

/** Whether the program starts when this user logs in. Electron knows how on macOS and Windows only. */
export async function setLaunchAtLogin(
  enabled: boolean,
  { env, platform }: { readonly env: NodeJS.ProcessEnv; readonly platform: NodeJS.Platform },
): Promise<void> {
  if (platform === 'linux') return writeAutostart(enabled, env)
  app.setLoginItemSettings({ openAtLogin: enabled, args: [`--${hiddenSwitch}`] })
}
