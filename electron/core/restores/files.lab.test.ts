import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../e2e/faults/lab-product.ts'

let product: LabProduct
let original = ''
const shell = (command: string, user = 'root') =>
  product.host.exec(command, { user }).then(({ stdout }) => stdout)

/** Every entry below a folder but mail, with all that a restore must bring back. */
function tree(folder: string): Promise<string> {
  const find = `find . -path ./Maildir -prune -o`
  return shell(
    `cd ${folder}; ${find} -type d -printf '%p %y %m %u %g %T@\\n' -o -printf '%p %y %m %u %g %T@ %s %l\\n' | sort
     ${find} -type f -print0 | sort -z | xargs -0 sha256sum
     ${find} ! -type l -print0 | sort -z | xargs -0 getfacl -p
     ${find} -print0 | sort -z | xargs -0 getfattr -hdm - `,
  )
}

const args = (to: string, ...more: readonly string[]) => [
  ...['restore', 'lab/alice@latest', '--to', `lab/${to}`, '--scope', 'files', ...more],
]

async function restore(to: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await product.holdfast.run(args(to, '--confirm', to, ...more))
  return { code, said: `${stdout}${stderr}`, job: /- job: (\S+)/.exec(stdout)?.[1] ?? '' }
}

const leftovers = () => shell('ls -A /home /home/* /srv/sites | grep holdfast || true')
const damage = `cd /home/alice && rm -rf app data/deep public_html && mkdir public_html && echo x >public_html/index.php &&
  echo new >added && chown -R alice: public_html added && echo changed >>.profile`

beforeAll(async () => {
  const prepare = `cd /home/alice && find data -size +50M -delete; mkdir -p shop/left-out && echo 1 >shop/left-out/here &&
    chown -R alice: shop`
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'dovecot', 'mariadb'] }, prepare)
  await product.holdfast.run(['backup', 'lab/alice', '--scope', 'files', '--exclude', 'left-out'])
  original = await tree('/home/alice')
})

afterAll(() => product[Symbol.asyncDispose]())

describe('the files of an account', () => {
  test(
    'come back as they were, and what the backup could not hold stays',
    { tags: ['thorough'] },
    async () => {
      await shell(
        `${damage}; mkdir -p data/later/left-out; echo kept >data/later/left-out/here; chown -R alice: data/later`,
      )
      await shell(`cd /home/alice; echo later >shop/left-out/here; echo mail >/home/alice/Maildir/new/later`)
      const plan = await product.holdfast.run(args('alice', '--plan'))
      expect(plan.stdout).toContain('shop/left-out: excluded by a glob')
      expect(plan.stdout).toContain('Maildir: part of mail')
      expect(plan.stdout).toContain('data/fifo: a FIFO')
      const { code, said } = await restore('alice')
      expect([code, said]).toEqual([0, expect.stringContaining('alice.example: nothing answered')])
      expect(await shell('cat /home/alice/shop/left-out/here /home/alice/Maildir/new/later')).toBe(
        'later\nmail\n',
      )
      await shell('cd /home/alice/shop/left-out && echo 1 >here')
      const taken = await shell(
        'cd /home/alice/data; touch -r . /run/time; cat later/left-out/here; rm -r later; touch -r /run/time .',
      )
      expect(taken).toBe('kept\n')
      const hide = (text: string) => text.replace(/^.*left-out\/here.*$/gm, '')
      expect(hide(await tree('/home/alice'))).toBe(hide(original))
      expect(await leftovers()).toBe('')
    },
  )

  test('one file comes back alone, and undo brings back what it replaced', async () => {
    await shell('nginx')
    await shell(
      'cd /home/alice/public_html && rm wp-config.php && echo mine >wp-config.php && cd .. && echo mine >.bashrc && rm -rf app',
    )
    const { code, said, job } = await restore(
      'alice',
      '--item',
      'files/public_html/wp-config.php',
      '--item',
      'files/app',
    )
    expect([code, said]).toEqual([0, expect.any(String)])
    expect(said).toContain('shop.alice.example: 200 by http, 403 by https; alice.example: 403 by http')
    expect(await shell('cat /home/alice/.bashrc; ls -d /home/alice/app')).toBe('mine\n/home/alice/app\n')
    expect(await shell('cat /home/alice/public_html/wp-config.php')).not.toBe('mine\n')
    const undone = await product.holdfast.run(['undo', job, '--confirm', 'alice'])
    expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
    expect(await shell('cat /home/alice/public_html/wp-config.php; ls -d /home/alice/app || true')).toBe(
      'mine\n',
    )
    expect(await leftovers()).toBe('')
  })

  test('go to another account and become its own', { tags: ['thorough'] }, async () => {
    await shell('mv /usr/bin/curl /usr/bin/no-curl')
    const { code, said } = await restore('carol', '--item', 'files')
    await shell('mv /usr/bin/no-curl /usr/bin/curl; nginx -s quit')
    expect([code, said]).toEqual([0, expect.stringContaining('shop.alice.example: 200 by http;')])
    expect(said).toContain(
      '/home/carol/shop/.env, line 5: DB_DATABASE names a database that is not in this backup',
    )
    expect(await shell('cmp /home/carol/shop/.env /home/alice/shop/.env && echo same')).toBe('same\n')
    const owners = await shell(
      'find /home/carol -path /home/carol/Maildir -prune -o -printf "%u:%g\\n" | sort | uniq -c',
    )
    expect(owners).not.toContain('alice')
    expect(
      await shell('cmp /home/carol/.profile /home/alice/.profile && stat -c %U /home/carol/bin/nightly.sh'),
    ).toBe('carol\n')
  })

  test(
    'are old or new when the client is killed, after resume or rollback',
    { tags: ['thorough'] },
    async () => {
      const hide = (text: string) => text.replace(/^.*left-out.*$/gm, '')
      await shell(damage)
      const old = hide(await tree('/home/alice'))
      for (const [phase, wayOut] of [
        ['preparing files', 'rollback'],
        ['Put everything of /home/alice', 'rollback'],
        ['checking files', 'resume'],
      ] as const) {
        const running = product.holdfast.start(['--json', ...args('alice', '--confirm', 'alice')])
        await new Promise<void>((resolve, reject) => {
          let seen = ''
          running.child.stdout.on('data', (chunk: Buffer) => {
            seen += chunk.toString()
            if (seen.includes(`"text":"${phase}`)) resolve()
          })
          running.child.once('close', () => reject(new Error(seen.slice(-2000))))
        })
        await sleep(Math.round(Math.random() * 300))
        running.child.kill('SIGKILL')
        const { jobs } = (await product.holdfast.json(['jobs'])) as { jobs: { id: string; kind: string }[] }
        const job = jobs.find(({ kind }) => kind === 'restore')?.id ?? ''
        const ended = await product.holdfast.run(['restore', wayOut, job])
        expect([phase, ended.code, ended.stdout + ended.stderr]).toEqual([phase, 0, expect.any(String)])
        const now = hide(await tree('/home/alice'))
        expect([phase, now]).toEqual([phase, now === old ? old : hide(original)])
        expect(await leftovers()).toBe('')
      }
    },
  )

  test(
    'come back by the login of the account alone, from a folder in its home',
    { tags: ['thorough'] },
    async () => {
      const { host, holdfast } = product
      const [key] = await host.hostKeys()
      const login = ['--host', host.ip, '--user', 'plain', '--key', host.key]
      await holdfast.json(['server', 'add', 'own', ...login, '--accept-host-key', key!.fingerprint])
      await shell('cd ~ && mkdir -p a/b && echo 1 >a/b/c && ln -s b a/link && chmod 440 a/b/c', 'plain')
      await holdfast.run(['backup', 'own/plain', '--scope', 'files'])
      const before = await tree('/home/plain')
      await shell('cd ~ && rm -rf a/b && echo 2 >a/new && echo 3 >.profile', 'plain')
      const restored = await holdfast.run([
        ...['restore', 'own/plain@latest', '--to', 'own/plain', '--scope', 'files', '--confirm', 'plain'],
      ])
      expect([restored.code, restored.stdout + restored.stderr]).toEqual([0, expect.any(String)])
      expect(await tree('/home/plain')).toBe(before)
    },
  )

  test(
    'replace a planted link and folders that turn into links meanwhile, and nothing outside changes',
    { tags: ['thorough'] },
    async () => {
      const outside = () => shell('ls -laR /etc/nginx /root/victim | sha256sum')
      await shell('mkdir -p /root/victim && echo v >/root/victim/index.php && ls /etc/nginx >/dev/null')
      const before = await outside()
      await shell(
        `cd /home/alice && rm -rf public_html shop && ln -s /root/victim public_html && ln -s /etc/nginx shop && chown -h alice: public_html shop`,
      )
      await shell(
        `cat >/tmp/race.sh <<'END'
cd /home/alice
while :; do
  for each in public_html data bin app shop; do
    mv -T $each $each.away 2>/dev/null && ln -s /root/victim $each 2>/dev/null
    rm -f $each 2>/dev/null; mv -T $each.away $each 2>/dev/null
  done
done
END
setsid runuser -u alice -- timeout 200 sh /tmp/race.sh >/dev/null 2>&1 & echo $! >/run/race.pid`,
      )
      const raced = await restore('alice')
      await shell('kill -- -$(cat /run/race.pid); sleep 1; cd /home/alice && rm -rf *.away')
      if (raced.said.includes('restore rollback')) {
        const job = /restore rollback (\S+)/.exec(raced.said)?.[1] ?? ''
        expect((await product.holdfast.run(['restore', 'rollback', job])).code).toBe(0)
      }
      expect(await outside()).toBe(before)
      const { code, said } = await restore('alice')
      expect([code, said]).toEqual([0, expect.any(String)])
      expect(await outside()).toBe(before)
      expect(await shell('stat -c %F /home/alice/public_html')).toBe('directory\n')
      expect(await leftovers()).toBe('')
    },
  )
})
