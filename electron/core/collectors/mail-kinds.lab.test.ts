import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn } from '../../../e2e/lab/login.ts'
import { mailboxDetails, MailLab, warnedOf } from '../../../e2e/lab/mail-lab.ts'
import { describeTree, labAccount, openArchive } from '../../../e2e/lab/tree.ts'
import { collectAlone } from './conformance.ts'
import { filesCollector } from './files.ts'
import { mailCollector } from './mail.ts'
import type { AccountSource } from '../../../shared/model/source.ts'

let lab: MailLab
beforeAll(async () => {
  lab = await MailLab.start()
})
afterAll(() => lab[Symbol.asyncDispose]())

describe('kinds of mailboxes', () => {
  test('sdbox and mdbox keep their indexes, which are part of the mail there', async () => {
    const sdbox = await lab.mailbox(
      'mkdir -p mailboxes/INBOX/dbox-Mails; cd mailboxes/INBOX/dbox-Mails; echo m >u.1; echo i >dovecot.index',
    )
    const mdbox = await lab.mailbox(
      'mkdir -p storage mailboxes/INBOX/dbox-Mails; echo m >storage/m.1; echo i >storage/dovecot.map.index; echo i >mailboxes/INBOX/dbox-Mails/dovecot.index.log',
    )
    const other = await lab.mailbox('mkdir inbox; echo 1 >inbox/1; echo i >dovecot.index')
    const got = await lab.collect([sdbox, mdbox, other])
    expect(mailboxDetails(got).map((one) => one['format'])).toEqual(['sdbox', 'mdbox', 'folder'])
    expect([warnedOf(got), got.skipped]).toEqual([[], []])
    const folder = await openArchive(lab.host, got.archive)
    for (const { name, path } of [sdbox, mdbox, other]) {
      const [live, stored] = [
        await describeTree(lab.host, path),
        await describeTree(lab.host, `${folder}/mail/box.test/${name}`),
      ]
      expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(live))
    }
  })

  test('a mailbox in one file is stored as that file, and nothing else of its folder', async () => {
    await lab.host
      .exec(`cd /var/mail; printf 'From a@b Thu Jan  1 00:00:00 1970\\n\\nhello\\n' >bob; chown bob:mail bob; chmod 660 bob
      echo secret >carol; chown carol:mail carol; chmod 600 carol; mkdir -m 755 'odd*'; printf mine >'odd*/b?b'; echo other >'odd*/bob'; chmod 600 odd*/*`)
    const mbox = { domain: null, name: 'bob', uid: 1001, gid: 1001, insideHome: false, evidence: [] }
    const file = { ...mbox, name: 'odd', path: '/var/mail/odd*/b?b' }
    const got = await lab.collect([{ ...mbox, path: '/var/mail/bob' }, file])
    expect(warnedOf(got)).toEqual([])
    expect(got.skipped).toEqual([])
    expect(mailboxDetails(got).map((one) => one['format'])).toEqual(['mbox', 'mbox'])
    await openArchive(lab.host, got.archive)
    expect(
      await lab.output(
        'cd /var/tmp/opened; find mail -type f | sort; cmp mail/_local/bob/bob /var/mail/bob; cat mail/_local/odd/*',
      ),
    ).toBe('mail/_local/bob/bob\nmail/_local/odd/b?b\nmine')
  })

  test('a virtual mailbox keeps the Sieve scripts beside its Maildir', async () => {
    const box = await lab.mailbox(
      'mkdir cur new; echo 1 >cur/1:2,; mkdir ../sieve; echo "keep;" >../sieve/a.sieve; ln -s sieve/a.sieve ../.dovecot.sieve',
      { below: '/Maildir' },
    )
    const got = await lab.collect([box])
    const folder = `${await lab.opened(got)}/${box.name}`
    expect(await lab.output(`cd ${folder}; cat .dovecot.sieve; find . -type f | sort`)).toBe(
      'keep;\n./Maildir/cur/1:2,\n./sieve/a.sieve\n',
    )
    expect([warnedOf(got), mailboxDetails(got)[0]?.['messages']]).toEqual([[], 1])
  })

  test('an owner without a name on the server is no obstacle; mail of root is read too', async () => {
    const box = await lab.mailbox('mkdir cur; echo 1 >cur/1:2,; chmod 700 . cur', { uid: 7777 })
    const roots = await lab.mailbox('mkdir -m 700 cur; echo 2 >cur/2:2,', { uid: 0 })
    const got = await lab.collect([box, roots])
    expect(warnedOf(got)).toEqual([])
    await openArchive(lab.host, got.archive)
    expect(
      await lab.output(
        `cd /var/tmp/opened/mail/box.test; cat */cur/*; stat -c '%u %a' ${box.name}/cur ${roots.name}/cur`,
      ),
    ).toBe('1\n2\n7777 700\n0 700\n')
  })

  test('names of domains and mailboxes mean nothing to the server and stay exact', async () => {
    const odd = ['-rf', '$(touch /tmp/x)', "it's a b", '..', 'ünï', 'a%2Fb', '_local']
    await lab.host.exec(
      `cd /var/vmail; install -d -o 5000 -g 5000 odd; cd odd; mkdir -p d/cur; echo odd >d/cur/1; chown -R 5000:5000 d`,
    )
    const got = await lab.collect(
      odd.map((name) => ({
        domain: name,
        name,
        path: '/var/vmail/odd/d',
        uid: 5000,
        gid: 5000,
        insideHome: false,
        evidence: [],
      })),
    )
    expect(warnedOf(got)).toEqual([])
    await openArchive(lab.host, got.archive)
    expect((await lab.output('cd /var/tmp/opened/mail; ls -d */* | sort')).split('\n').slice(0, -1)).toEqual(
      [
        '%24%28touch%20%2Ftmp%2Fx%29',
        '%2Drf',
        '%2E.',
        '%5Flocal',
        '%C3%BCn%C3%AF',
        'a%252Fb',
        'it%27s%20a%20b',
      ].map((name) => `${name}/${name}`),
    )
    expect(await lab.output('ls /tmp')).toBe('')
  })
})

describe('mail and files together', () => {
  const alice = (change: Partial<AccountSource> = {}) => {
    const box = { domain: null, uid: 1000, gid: 1000, insideHome: true, evidence: [] }
    const mailboxes = [
      { ...box, name: 'alice', path: '/home/alice/Maildir' },
      { ...box, domain: 'a.test', name: 'x', path: '/home/alice/mail/a.test/x' },
      { ...box, domain: 'a.test', name: 'y', path: '/home/alice/mail/a.test/x/inner' },
    ]
    return labAccount({ name: 'alice', mailboxes, ...change })
  }

  test('what mail takes is what files leaves out', async () => {
    await lab.host.exec(
      'cd /home/alice; mkdir -p mail/a.test/x/cur mail/a.test/x/inner/cur mail/a.test/kept; echo 1 >mail/a.test/x/cur/1:2,; echo 2 >mail/a.test/x/inner/cur/2:2,; echo k >mail/a.test/kept/k',
      { user: 'alice' },
    )
    await using login = await logIn(lab.host, 'root')
    const list = async (archive: Buffer, change: string) =>
      lab.output(
        `cd ${await openArchive(lab.host, archive)}; find files mail -mindepth 1 ! -type d -print0 2>/dev/null | tr '\\n\\0' '?\\n' | ${change}; :`,
      )
    const files = await collectAlone(filesCollector, { ...login, source: alice() })
    const mail = await collectAlone(mailCollector, { ...login, source: alice() })
    const fromFiles = await list(files.archive, "sed -n 's,^files/,,p'")
    const fromMail = await list(
      mail.archive,
      "sed -n -e 's,^mail/_local/alice/,Maildir/,p' -e 's,^mail/a.test/x/,mail/a.test/x/,p' -e 's,^mail/a.test/y/,mail/a.test/x/inner/,p'",
    )
    const live = await lab.output(
      "cd /home/alice; find . -mindepth 1 ! -type d ! -type p -printf '%P\\0' | tr '\\n\\0' '?\\n'",
    )
    const sorted = (text: string) => text.split('\n').filter(Boolean).sort()
    expect(sorted(fromFiles + fromMail)).toEqual(sorted(live))
    expect([warnedOf(mail), mail.skipped]).toEqual([
      [],
      [{ path: 'mail/a.test/x/inner', why: 'part of mail' }],
    ])
  })

  test('a backup of the files alone lists the mail as left out', async () => {
    expect(mailCollector.wanted(alice(), 'files')).toBe(false)
    expect(mailCollector.wanted(alice(), 'email')).toBe(true)
    await using login = await logIn(lab.host, 'root')
    const { skipped } = await collectAlone(filesCollector, { ...login, source: alice() })
    expect(skipped).toEqual([
      { path: 'files/Maildir', why: 'part of mail' },
      { path: 'files/mail/a.test/x', why: 'part of mail' },
    ])
  })

  test('globs of the run count in mailboxes too, those of the home below it', async () => {
    await using login = await logIn(lab.host, 'root')
    const exclude = ['Maildir/.Sent', '*.M3P1.*']
    const got = await collectAlone(mailCollector, { ...login, source: alice(), exclude })
    expect(
      got.skipped
        .slice(0, 2)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['mail/_local/alice/.Sent', 'mail/_local/alice/cur/1700000003.M3P1.lab:2,S'])
    expect(mailboxDetails(got)[0]?.['messages']).toBe(39)
  })

  test('a further path that is a file comes along as that file', async () => {
    await lab.host.exec(
      'mkdir -p /srv/one; cd /srv/one; echo mine >mine; chown alice mine; echo theirs >theirs; chmod 600 theirs; echo x >x',
    )
    await using login = await logIn(lab.host, 'root')
    const paths = ['/srv/one/mine', '/srv/one/theirs'].map((path) => ({ path, evidence: [] }))
    const got = await collectAlone(filesCollector, {
      ...login,
      source: alice({ paths, home: '/home/carol' }),
    })
    expect(warnedOf(got)).toEqual([])
    await openArchive(lab.host, got.archive)
    expect(await lab.output('cd /var/tmp/opened; find paths -type f | sort; cat paths/srv/one/*')).toBe(
      'paths/srv/one/mine\npaths/srv/one/theirs\nmine\ntheirs\n',
    )
  })
})
