import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findTool } from '../practice-server/machine-tools.ts'

/** Browsers that can show one page as a window of its own, best first. */
const appBrowsers = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'brave-browser',
]
const macBrowsers = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
)

/**
 * A page in a file of mode 0600 that goes on to the address, which has a launch code: the command line of a browser
 * can be read by every user of this computer, the file cannot.
 */
async function writeRedirect(address: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'holdfast-open-')), 'holdfast.html')
  const page = `<!doctype html><meta charset="utf-8"><title>Holdfast</title><script>location.replace(${JSON.stringify(address)})</script>`
  await writeFile(file, page, { mode: 0o600, flag: 'wx' })
  return pathToFileURL(file).href
}

function findBrowser(platform: NodeJS.Platform): string | null {
  const mac = platform === 'darwin' ? macBrowsers.find((path) => existsSync(path)) : undefined
  return mac ?? appBrowsers.map((name) => findTool(name)).find((path) => path !== null) ?? null
}

/**
 * Opens the address as a window of its own in Chrome, Chromium or Edge, else in the desktop's browser. Resolves to
 * the program that was started, or null where there is none or no display.
 */
export async function openInBrowser(
  address: string,
  { env, platform }: { readonly env: NodeJS.ProcessEnv; readonly platform: NodeJS.Platform },
): Promise<string | null> {
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return null
  const browser = findBrowser(platform)
  const program = browser ?? findTool(platform === 'darwin' ? 'open' : 'xdg-open')
  if (program === null) return null
  const url = await writeRedirect(address)
  const child = spawn(program, [browser === null ? url : `--app=${url}`], {
    detached: true,
    stdio: 'ignore',
  })
  child.on('error', () => undefined)
  child.unref()
  return program
}
