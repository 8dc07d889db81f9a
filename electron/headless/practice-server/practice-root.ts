import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commonTools, databaseTools, findTool } from './machine-tools.ts'
import type { PracticeAccount } from './world/accounts.ts'

/** In a packaged desktop, what other programs run lies beside the archive of the code. */
const standIns = join(import.meta.dirname, 'stand-ins').replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked')

/** Puts this machine's tools into the server's `usr/bin`, and our own in front of some of them. */
async function linkTools(root: string, withDatabase: boolean): Promise<void> {
  const own = await readdir(standIns)
  for (const name of own) {
    await copyFile(join(standIns, name), join(root, 'usr/bin', name))
    await chmod(join(root, 'usr/bin', name), 0o755)
  }
  for (const name of [...commonTools, ...(withDatabase ? databaseTools : [])]) {
    const tool = findTool(name)
    if (tool !== null) await symlink(tool, join(root, own.includes(name) ? 'usr/libexec' : 'usr/bin', name))
  }
  await symlink('usr/bin', join(root, 'bin'))
}

async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'Linux'
}

function virtualHost(root: string, { name, domain }: PracticeAccount): string {
  return `server {\n  listen 80;\n  server_name ${domain} www.${domain};\n  root ${root}/home/${name}/public_html;\n  index index.html index.php;\n}\n`
}

/**
 * Makes everything of the practice server but the homes in the folder `root`: users, crontabs, virtual hosts and
 * tools, laid out as on a small Linux server.
 */
export async function makePracticeRoot(
  root: string,
  accounts: readonly PracticeAccount[],
  { withDatabase }: { readonly withDatabase: boolean },
): Promise<void> {
  const folders = [
    'etc/nginx/sites-enabled',
    'home',
    'root',
    'usr/bin',
    'usr/libexec',
    'var/spool/cron/crontabs',
  ]
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true, mode: 0o755 })
  await linkTools(root, withDatabase)
  const users = accounts.map(
    ({ name, uid, fullName }) => `${name}:x:${uid}:${uid}:${fullName}:${root}/home/${name}:/bin/bash`,
  )
  const files = {
    'etc/passwd': [`root:x:0:0:root:${root}/root:/bin/bash`, ...users],
    'etc/group': ['root:x:0:', ...accounts.map(({ name, uid }) => `${name}:x:${uid}:`)],
    'etc/shadow': [
      'root:*:20000:0:99999:7:::',
      ...accounts.map(({ name }) => `${name}:!:20000:0:99999:7:::`),
    ],
    'etc/os-release': [`PRETTY_NAME="Holdfast's practice server on ${await systemName()}"`],
    'etc/machine-id': [randomBytes(16).toString('hex')],
  }
  for (const [path, lines] of Object.entries(files))
    await writeFile(join(root, path), `${lines.join('\n')}\n`, { mode: 0o644 })
  for (const account of accounts) {
    await writeFile(join(root, 'var/spool/cron/crontabs', account.name), account.crontab, { mode: 0o600 })
    await writeFile(
      join(root, 'etc/nginx/sites-enabled', `${account.name}.conf`),
      virtualHost(root, account),
      { mode: 0o644 },
    )
  }
}
