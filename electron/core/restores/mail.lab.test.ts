import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../e2e/faults/lab-product.ts'

let product: LabProduct
const info = '/var/vmail/alice.example/info'
const shell = (command: string, user = 'root') =>
  product.host.exec('bash', { user, input: command }).then(({ stdout }) => stdout)

/** Every message below a folder by its folder, its name and its content, and who owns it. */
const mail = (folder: string) =>
  shell(
    `cd ${folder}; find . -type f \\( -path '*/cur/*' -o -path '*/new/*' \\) -printf '%p %m %u\\n' | sort; find . -path '*/cur/*' -type f -print0 | sort -z | xargs -0 sha256sum`,
  )

const args = (to: string, ...more: readonly string[]) => [
  ...['restore', 'lab/alice@latest', '--to', `lab/${to}`, '--scope', 'email', ...more],
]

async function restore(to: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await product.holdfast.run(args(to, '--confirm', to, ...more))
  return { code, said: `${stdout}${stderr}`, job: /- job: (\S+)/.exec(stdout)?.[1] ?? '' }
}

/** What a client sees that logs in by IMAP. */
const imap = (user: string, password: string, ...commands: readonly string[]) =>
  shell(
    `exec 3<>/dev/tcp/127.0.0.1/143; printf '%s\\r\\n' 'a login ${user} ${password}' ${commands.map((one, at) => `'b${at} ${one}'`).join(' ')} 'z logout' >&3; timeout 20 cat <&3`,
  )

const leftovers = () => shell(`find /home /var/vmail /srv -maxdepth 4 -name '.holdfast*'`)
const whole = 'mail/alice.example/info'
let original = ''

beforeAll(async () => {
  const prepare = `cd ${info}; for folder in .Sent '.a.b' '.Entw&APw-rfe' ".$(printf 'new\\nline')"; do
      mkdir -p "$folder"/{cur,new,tmp}; echo "in $folder" >"$folder/cur/1700000100.M9P9.lab:2,FS"; done
    echo unread >new/1700000200.M1P1.lab; mkdir sieve; echo 'keep;' >sieve/a.sieve; ln -s sieve/a.sieve .dovecot.sieve
    chown -R vmail:vmail .`
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'mariadb'] }, 'true')
  await shell(prepare)
  const { code, stderr } = await product.holdfast.run(['backup', 'lab/alice', '--scope', 'email'])
  expect([code, stderr]).toEqual([0, expect.any(String)])
  original = await mail(info)
}, 60_000)

afterAll(() => product[Symbol.asyncDispose]())

describe('the mail of an account', () => {
  test('comes back as it was, and a client that logs in sees it', { tags: ['thorough'] }, async () => {
    await shell(`cd ${info}; rm -rf .Sent .a.b cur/1700000001*; mkdir -p .Extra/cur; echo x >.Extra/cur/1.x:2,S; mv cur/1700000002.M2P1.lab:2,S cur/1700000002.M2P1.lab:2,
      chown -R vmail: .`)
    const plan = await product.holdfast.run(args('alice', '--plan'))
    expect(plan.stdout).toContain('mail info@alice.example  3 added, 1 overwritten, 1 deleted')
    const { code, said, job } = await restore('alice')
    expect([code, said]).toEqual([0, expect.any(String)])
    expect(said).toContain('10 of 10 messages')
    expect(await mail(info)).toBe(original)
    const seen = await imap(
      'info@alice.example',
      'pw-info',
      'list "" *',
      'select INBOX',
      'fetch 1:* (FLAGS)',
      'select a.b',
      'fetch 1 (FLAGS)',
    )
    expect(seen).toMatch(/\* 6 EXISTS/)
    expect(seen).toMatch(/FETCH \(FLAGS \(\\Flagged \\Seen/)
    expect(seen).toContain('Entw&APw-rfe')
    expect(await leftovers()).toBe('')
    const undone = await product.holdfast.run(['undo', job, '--confirm', 'alice'])
    expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
    expect(await shell(`cd ${info}; ls -d .Sent .a.b cur/1700000001* 2>/dev/null; cat .Extra/cur/*`)).toBe(
      'x\n',
    )
  })

  test('merged, brings only what is missing and leaves flags', { tags: ['thorough'] }, async () => {
    await restore('alice')
    await shell(`cd ${info}; rm cur/1700000001*; rm -r .Sent; mv cur/1700000002.M2P1.lab:2,S cur/1700000002.M2P1.lab:2,FRS
      mv cur/1700000003.M3P1.lab:2,S cur/1800000003.other:2,; echo mine >new/1800000000.mine; chown -R vmail: .`)
    const { code, said } = await restore('alice', '--item', whole, '--mail', 'merge')
    expect([code, said]).toEqual([0, expect.any(String)])
    expect(await shell(`cd ${info}; ls cur new .Sent/cur`)).toBe(
      '.Sent/cur:\n1700000100.M9P9.lab:2,FS\n\ncur:\n1700000001.M1P1.lab:2,S\n1700000002.M2P1.lab:2,FRS\n1700000004.M4P1.lab:2,S\n1700000005.M5P1.lab:2,S\n1800000003.other:2,\n\nnew:\n1700000200.M1P1.lab\n1800000000.mine\n',
    )
  })

  test(
    'never gets a number again that a client knows as that of another message',
    { tags: ['thorough'] },
    async () => {
      const uids = async () => {
        const seen = await imap(
          'info@alice.example',
          'pw-info',
          'select INBOX',
          'fetch 1:* (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])',
        )
        const validity = /UIDVALIDITY (\d+)/.exec(seen)?.[1] ?? ''
        const pairs = [...seen.matchAll(/UID (\d+) BODY[^\r\n]*\r?\n(Subject: [^\r\n]*)/g)]
        return { validity, of: new Map(pairs.map(([, uid, subject]) => [subject ?? '', Number(uid)])) }
      }
      await restore('alice')
      await shell(`cd ${info}; printf 'Subject: late\n\nx\n' >new/1900000000.M1P1.lab; chown -R vmail: .`)
      const before = await uids()
      const late = before.of.get('Subject: late') ?? 0
      expect(late).toBe(Math.max(...before.of.values()))
      await shell(`cd ${info}; rm cur/1700000001*`)
      await restore('alice')
      await shell(`cd ${info}; printf 'Subject: next\n\nx\n' >new/1900000009.M1P1.lab; chown -R vmail: .`)
      const { validity, of } = await uids()
      expect([validity, of.has('Subject: late')]).toEqual([before.validity, false])
      const changed = [...of].filter(([subject, uid]) => before.of.get(subject) !== uid)
      expect(changed.map(([subject]) => subject)).toContain('Subject: next')
      expect(Math.min(...changed.map(([, uid]) => uid))).toBeGreaterThan(late)
      await shell(`cd ${info}; rm new/* cur/1900000009*; true`)
    },
  )

  test(
    'comes back folder by folder or message by message, and nothing else changes',
    { tags: ['thorough'] },
    async () => {
      await restore('alice')
      await shell(
        `cd ${info}; rm .a.b/cur/* cur/1700000001* cur/1700000002*; echo x >.a.b/cur/1.x:2,; mv cur/1700000004.M4P1.lab:2,S cur/1700000004.M4P1.lab:2,T; chown -R vmail: .`,
      )
      const { code, said } = await restore(
        'alice',
        '--item',
        `${whole}/.a.b`,
        '--item',
        `${whole}/cur/1700000001.M1P1.lab:2,S`,
        '--item',
        `${whole}/cur/1700000004.M4P1.lab:2,S`,
      )
      expect([code, said]).toEqual([0, expect.any(String)])
      expect(await shell(`cd ${info}; ls .a.b/cur cur`)).toBe(
        '.a.b/cur:\n1700000100.M9P9.lab:2,FS\n\ncur:\n1700000001.M1P1.lab:2,S\n1700000003.M3P1.lab:2,S\n1700000004.M4P1.lab:2,S\n1700000005.M5P1.lab:2,S\n',
      )
    },
  )

  test(
    'that arrives while a restore runs is not lost, and what the target has more is kept on demand',
    { tags: ['thorough'] },
    async () => {
      await restore('alice')
      await shell(`cd ${info}; echo more >cur/1800000001.more:2,S; chown vmail: cur/18*`)
      const running = product.holdfast.start([
        '--json',
        ...args('alice', '--confirm', 'alice', '--item', whole),
      ])
      await new Promise<void>((resolve) => {
        let text = ''
        running.child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (text.includes('"text":"preparing mail info')) resolve()
        })
        running.child.once('close', resolve)
      })
      await shell(`cd ${info}; echo arrived >new/1900000001.late; chown vmail: new/19*`)
      await new Promise((resolve) => running.child.once('close', resolve))
      expect(await shell(`cd ${info}; cat new/1900000001.late; ls cur | grep more || true`)).toBe('arrived\n')
      await shell(`cd ${info}; rm cur/1700000001*; echo more >cur/1800000001.more:2,S; chown vmail: cur/18*`)
      const { code, said } = await restore('alice', '--keep-extra')
      expect([code, said]).toEqual([0, expect.any(String)])
      expect(await shell(`cd ${info}; cat new/1900000001.late cur/*more*; ls cur/1700000001*`)).toBe(
        'arrived\nmore\ncur/1700000001.M1P1.lab:2,S\n',
      )
    },
  )

  test(
    'goes to another account and domain, and never into what another has',
    { tags: ['thorough'] },
    async () => {
      const taken = await product.holdfast.run(args('carol', '--plan', '--item', whole))
      expect([taken.code, taken.stdout]).toEqual([5, expect.stringContaining('belongs to alice')])
      const { code, said, job } = await restore('carol', '--map', 'domain:alice.example=carol.example')
      expect([code, said]).toEqual([0, expect.any(String)])
      expect(await mail('/var/vmail/carol.example/info')).toBe(original)
      expect(await shell('stat -c %U /home/carol/Maildir/cur/* | sort -u')).toBe('carol\n')
      const undone = await product.holdfast.run(['undo', job, '--confirm', 'carol'])
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect(await shell('ls /var/vmail')).toBe('alice.example\nforgotten.example\n')
    },
  )

  test(
    'does not go through planted links, and is taken back where it fails',
    { tags: ['thorough'] },
    async () => {
      await shell(
        'mkdir -p /home/bob/victim/cur; echo v >/home/bob/victim/cur/v; chown -R bob: /home/bob/victim; chmod -R a+rwX /home/bob /home/bob/victim',
      )
      await shell(
        `cd ~/Maildir && mv .Sent sent-before && ln -s /home/bob/victim .Sent && rmdir '.Entw&APw-rfe/cur' && ln -s /home/bob/victim/cur '.Entw&APw-rfe/cur'`,
        'alice',
      )
      for (const how of ['replace', 'merge']) {
        const { code, said } = await restore('alice', '--item', 'mail/_local/alice', '--mail', how)
        expect([how, code, said]).toEqual([how, 0, expect.any(String)])
        expect(
          await shell(
            `ls -R /home/bob/victim; cd /home/alice/Maildir; stat -c %F .Sent '.Entw&APw-rfe/cur'; ls cur | wc -l`,
          ),
        ).toBe('/home/bob/victim:\ncur\n\n/home/bob/victim/cur:\nv\ndirectory\ndirectory\n40\n')
      }
      const before = await mail('/home/alice/Maildir')
      await shell(
        `cd /home/alice; rm Maildir/cur/17000000[12]*; mv /usr/bin/sha256sum /usr/bin/sha256sum.away; printf '#!/bin/sh\nexit 1\n' >/usr/bin/sha256sum; chmod 755 /usr/bin/sha256sum`,
      )
      const damaged = await shell('ls -R /home/alice/Maildir')
      const failed = await restore('alice', '--item', 'mail/_local/alice')
      await shell('mv /usr/bin/sha256sum.away /usr/bin/sha256sum')
      expect([failed.code, failed.said]).toEqual([expect.any(Number), expect.stringContaining('taken back')])
      expect(await shell('ls -R /home/alice/Maildir')).toBe(damaged)
      expect((await restore('alice', '--item', 'mail/_local/alice')).code).toBe(0)
      expect(await mail('/home/alice/Maildir')).toBe(before)
      expect(await leftovers()).toBe('')
    },
  )
})
