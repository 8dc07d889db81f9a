import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../../e2e/faults/lab-product.ts'

let product: LabProduct
const info = '/var/vmail/alice.example/info'
const whole = 'mail/alice.example/info'
const shell = (command: string) =>
  product.host.exec('bash', { user: 'root', input: command }).then(({ stdout }) => stdout)

const imap = (...commands: readonly string[]) =>
  shell(
    `exec 3<>/dev/tcp/127.0.0.1/143; printf '%s\\r\\n' 'a login info@alice.example pw-info' ${commands.map((one, at) => `'b${at} ${one}'`).join(' ')} 'z logout' >&3; timeout 20 cat <&3`,
  )

/** The keywords that a client sees on each message of a folder, by its subject. */
async function keywordsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const seen = await imap(`select ${folder}`, 'fetch 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
  const found = [...seen.matchAll(/FLAGS \(([^)]*)\) BODY[^\r\n]*\r?\nSubject: (\S+)/g)]
  const named = (flags: string) => flags.split(' ').filter((flag) => /^[^\\]/.test(flag))
  return Object.fromEntries(
    found.map(([, flags = '', subject = '']) => [subject, named(flags).sort().join(' ')]),
  )
}

async function restore(...more: readonly string[]) {
  const args = ['restore', 'lab/alice@latest', '--to', 'lab/alice', '--scope', 'email', ...more]
  const plan = await product.holdfast.run([...args, '--plan'])
  const { code, stdout, stderr } = await product.holdfast.run([...args, '--confirm', 'alice'])
  return { code, said: `${stdout}${stderr}`, plan: plan.stdout }
}

const lists = () =>
  shell(
    `cd ${info}; for at in . .Sent; do cat $at/dovecot-keywords 2>/dev/null; echo =; done; stat -c %U:%a dovecot-keywords; ls -A | grep -E 'lock|holdfast'; true`,
  )

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'mariadb'] }, 'true')
  await shell(
    `cd ${info}; printf 'Subject: s1 x\n\nx\n' >.Sent/cur/1700000100.M9P9.lab:2,S; chown -R vmail: .`,
  )
  const work = ['store 1 +FLAGS (Work Home)', 'store 2 +FLAGS (Home)']
  await imap('select INBOX', ...work, 'select Sent', 'store 1 +FLAGS (Home)')
  const { code, stderr } = await product.holdfast.run(['backup', 'lab/alice', '--scope', 'email'])
  expect([code, stderr]).toEqual([0, expect.any(String)])
  await shell(`cp -a ${info} /root/backed-up`)
}, 60_000)

afterAll(() => product[Symbol.asyncDispose]())

/** Messages 1 and 2 are gone, and the letters of the inbox mean something else by Dovecot's own doing. */
beforeEach(async () => {
  await shell(`rm -rf ${info}; cp -a /root/backed-up ${info}; cd ${info}
    rm -rf .Sent dovecot-keywords dovecot.index* cur/1700000001* cur/1700000002*`)
  await imap('select INBOX', 'store 1 +FLAGS (Spam Other)', 'store 2 +FLAGS (Home)')
  expect(await lists()).toBe('0 Spam\n1 Other\n2 Home\n=\n=\nvmail:600\n')
})

const merged = { m1: 'Home Work', m2: 'Home', m3: 'Other Spam', m4: 'Home', m5: '' }

describe('keywords of messages', () => {
  test('are the same names in a mailbox that they are merged into', { tags: ['thorough'] }, async () => {
    const { code, said } = await restore('--item', whole, '--mail', 'merge')
    expect([code, said]).toEqual([0, expect.any(String)])
    expect(await keywordsIn('INBOX')).toEqual(merged)
    expect(await keywordsIn('Sent')).toEqual({ s1: 'Home' })
    expect(await lists()).toBe('0 Spam\n1 Other\n2 Home\n3 Work\n=\n0 Home\n=\nvmail:600\n')
  })

  test(
    'are the same names where single messages come back, and where a folder for one is not there',
    { tags: ['thorough'] },
    async () => {
      const items = ['cur/1700000001.M1P1.lab:2,Sab', '.Sent/cur/1700000100.M9P9.lab:2,Sa']
      const { code, said } = await restore(...items.flatMap((item) => ['--item', `${whole}/${item}`]))
      expect([code, said]).toEqual([0, expect.any(String)])
      const { m2: _, ...others } = merged
      expect(await keywordsIn('INBOX')).toEqual(others)
      expect(await keywordsIn('Sent')).toEqual({ s1: 'Home' })
    },
  )

  test(
    'are the same names in a mailbox that is replaced, where what it has more keeps its own',
    { tags: ['thorough'] },
    async () => {
      await shell(
        `cd ${info}; printf 'Subject: extra x\n\nx\n' >cur/1800000000.M1P1.lab:2,Sb; chown -R vmail: .`,
      )
      const { code, said } = await restore('--item', whole, '--keep-extra')
      expect([code, said]).toEqual([0, expect.any(String)])
      expect(await keywordsIn('INBOX')).toEqual({
        m1: 'Home Work',
        m2: 'Home',
        m3: '',
        m4: '',
        m5: '',
        extra: 'Other',
      })
    },
  )

  test(
    'that do not fit are left out and counted, and never become others',
    { tags: ['thorough'] },
    async () => {
      const names = Array.from({ length: 26 }, (_, at) => `${at} k${at}`).join('\n')
      await shell(
        `cd ${info}; rm -f dovecot.index*; rename 's/:2,S.*/:2,S/' cur/* 2>/dev/null; for f in cur/*; do mv "$f" "\${f%%:2,*}:2,S" 2>/dev/null; done; printf '%s\n' '${names.replace('k25', 'Home')}' >dovecot-keywords; chown -R vmail: .`,
      )
      const { code, said, plan } = await restore('--item', whole, '--mail', 'merge')
      expect(plan).toContain('1 message of info@alice.example come without some of their keywords')
      expect([code, said]).toEqual([0, expect.stringContaining('1 message of info@alice.example')])
      expect(await keywordsIn('INBOX')).toEqual({ m1: 'Home', m2: 'Home', m3: '', m4: '', m5: '' })
    },
  )

  test('are taken back with the messages', { tags: ['thorough'] }, async () => {
    const before = await shell(`cd ${info}; find . -type f -path '*/cur/*'; cat dovecot-keywords`)
    await shell(
      `mv /usr/bin/sha256sum /usr/bin/sha256sum.away; printf '#!/bin/sh\nexit 1\n' >/usr/bin/sha256sum; chmod 755 /usr/bin/sha256sum`,
    )
    const { said } = await restore('--item', `${whole}/cur/1700000001.M1P1.lab:2,Sab`)
    await shell('mv /usr/bin/sha256sum.away /usr/bin/sha256sum')
    expect(said).toContain('taken back')
    expect(await shell(`cd ${info}; find . -type f -path '*/cur/*'; cat dovecot-keywords`)).toBe(before)
  })

  test('go through no planted link', { tags: ['thorough'] }, async () => {
    await shell(
      `mkdir -p /root/victim; printf '0 Secret\n' >/home/bob/list; chmod 666 /home/bob/list; chmod 755 /home/bob; cd ${info}; rm dovecot-keywords; ln -s /home/bob/list dovecot-keywords; chown -h vmail: dovecot-keywords`,
    )
    const { code, said } = await restore('--item', `${whole}/cur/1700000001.M1P1.lab:2,Sab`)
    expect([code, said]).toEqual([0, expect.stringContaining('come without some of their keywords')])
    expect(
      await shell(`cat /home/bob/list; readlink ${info}/dovecot-keywords; ls ${info}/cur | head -n 1`),
    ).toBe('0 Secret\n/home/bob/list\n1700000001.M1P1.lab:2,S\n')
  })
})
