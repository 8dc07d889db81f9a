import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from './lab-product.ts'

const canary = `CANARY-${randomBytes(6).toString('hex')}`
let lab: LabProduct
let fingerprint: string

beforeAll(async () => {
  lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    `set -e
     add() { useradd -m -s "$2" "$1"; cp -a /root/.ssh "/home/$1/"; chown -R "$1:" "/home/$1"; }
     add finn /usr/bin/fish; add tess /bin/tcsh; add nora /usr/sbin/nologin
     useradd -m -s /bin/bash paul; echo 'paul:${canary}' | chpasswd; usermod -aG sudo paul
     echo 'Defaults:paul timestamp_timeout=0' >/etc/sudoers.d/paul
     echo mine >/home/paul/file
     mkdir -p /etc/ssh/sshd_config.d; echo 'PasswordAuthentication yes' >/etc/ssh/sshd_config.d/password.conf
     pkill -HUP -o sshd`,
  )
  fingerprint = (await lab.host.hostKeys())[0]!.fingerprint
})
afterAll(() => lab[Symbol.asyncDispose]())

const add = (user: string, ...login: readonly string[]) => [
  'server',
  'add',
  user,
  '--host',
  lab.host.ip,
  '--user',
  user,
  ...login,
  '--accept-host-key',
  fingerprint,
]

/** Which of the texts stood in a command line or environment of any process, here or on the lab's servers, meanwhile. */
async function seenInProcesses(
  texts: readonly string[],
  { signal }: { readonly signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  while (!signal.aborted) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const said = ['cmdline', 'environ'].map((file) => read(`/proc/${pid}/${file}`)).join('\0')
      for (const text of texts) if (said.includes(text)) seen.add(text)
    }
    await sleep(10)
  }
  return seen
}

/** A file's text, or none where the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

describe('a login', () => {
  test.each(['finn', 'tess'])(
    'whose shell is none of sh is as good as another: %s',
    { tags: ['thorough'] },
    async (user) => {
      expect(await lab.holdfast.run(add(user, '--key', lab.host.key))).toMatchObject({ code: 0 })
      const { code, stdout } = await lab.holdfast.run(['backup', `${user}/${user}`, '--scope', 'files'])
      expect([code, stdout]).toEqual([0, expect.stringContaining('verified')])
    },
  )

  test('without a usable shell is refused in a sentence: nora', { tags: ['thorough'] }, async () => {
    const { code, stderr } = await lab.holdfast.run(add('nora', '--key', lab.host.key))
    expect([code, stderr]).toEqual([13, expect.stringContaining('usable shell')])
    expect((await lab.holdfast.run(['server', 'show', 'nora'])).code).toBe(4)
  })
})

test('passwords of login and sudo are in no process, file, output or log, here or there', async () => {
  const { holdfast, host } = lab
  const passphrase = join(holdfast.folder, 'passphrase')
  await writeFile(passphrase, 'correct horse battery\n', { mode: 0o600 })
  holdfast.env['HOLDFAST_PASSPHRASE_FILE'] = passphrase
  await host.exec(`printf %s '${canary}' >/root/pattern`)
  const watch = new AbortController()
  const watching = seenInProcesses([canary, passphrase, 'HF_RUN='], { signal: watch.signal })
  const secrets = { input: `${canary}\n${canary}\n` }
  const added = await holdfast.run(
    add('paul', '--password-stdin', '--sudo', '--sudo-password-stdin'),
    secrets,
  )
  const backup = await holdfast.run(['--json', 'backup', 'paul/paul', '--scope', 'files'])
  watch.abort()
  expect([added.code, backup.code]).toEqual([0, 0])
  expect([...(await watching)].sort()).toEqual([passphrase, 'HF_RUN='].sort())
  const there =
    'grep -rlaFf /root/pattern /tmp /var/tmp /run /dev/shm /var/log /home /root --exclude=pattern; true'
  expect((await host.exec(there)).stdout).toBe('')
  expect(JSON.stringify([added, backup])).not.toContain(canary)
  const files = await readdir(holdfast.folder, { recursive: true, withFileTypes: true })
  for (const file of files.filter((each) => each.isFile())) {
    expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain(canary)
  }
})

describe('the host key', () => {
  beforeAll(async () => {
    const { holdfast } = lab
    await holdfast.json(['destination', 'add', 'local', 'usb', '--path', join(holdfast.folder, 'usb')])
    const when = ['--at', 'daily@02:00', '--to', 'usb']
    await holdfast.json(['schedule', 'add', 'nightly', '--source', 'lab/finn', ...when])
  })
  /** Runs the schedule; resolves to what became of that. */
  const scheduled = async () => {
    await lab.holdfast.run(['schedule', 'run', 'nightly'])
    const shown = await lab.holdfast.json(['schedule', 'show', 'nightly'])
    return (shown as { runs: readonly unknown[] }).runs[0]
  }
  const failedOnce = (code: string) => ({ state: 'failed', attempts: 1, error: { code } })

  test('of a server that nobody accepted here stops an unattended backup', async () => {
    const known = join(lab.holdfast.folder, 'data', 'known_hosts')
    const kept = await readFile(known)
    await rm(known)
    const { code, stdout } = await lab.holdfast.run(['--json', 'backup', 'lab/finn'])
    expect([code, stdout]).toEqual([8, expect.stringContaining('"host-key-unknown"')])
    expect(await readFile(known, 'utf8').catch(() => '')).toBe('')
    await writeFile(known, kept)
  })

  test(
    'of a server that nobody accepted here fails a scheduled run, which accepts nothing and is not tried again',
    { tags: ['thorough'] },
    async () => {
      const known = join(lab.holdfast.folder, 'data', 'known_hosts')
      const kept = await readFile(known)
      await rm(known)
      expect(await scheduled()).toMatchObject(failedOnce('host-key-unknown'))
      expect(await readFile(known, 'utf8').catch(() => '')).toBe('')
      await writeFile(known, kept)
    },
  )

  test('that changed stops a backup before anything of the login is sent', async () => {
    await lab.host.exec(
      `rm /etc/ssh/ssh_host_*; ssh-keygen -q -A; pkill -o sshd; sleep 0.2; /usr/sbin/sshd -E /tmp/log -o LogLevel=DEBUG3`,
    )
    const { code, stdout } = await lab.holdfast.run(['--json', 'backup', 'lab/finn'])
    expect([code, stdout]).toEqual([8, expect.stringContaining('"host-key-changed"')])
    expect((await lab.host.exec('cat /tmp/log')).stdout).not.toMatch(/userauth-request|service-request/)
  })

  test(
    'that changed fails a scheduled run before anything of the login is sent, which is not tried again',
    { tags: ['thorough'] },
    async () => {
      expect(await scheduled()).toMatchObject(failedOnce('host-key-changed'))
      expect((await lab.host.exec('cat /tmp/log')).stdout).not.toMatch(/userauth-request|service-request/)
    },
  )
})
