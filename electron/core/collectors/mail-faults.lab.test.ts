import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { actDuring } from '../../../e2e/lab/act-during.ts'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { describeTree, labAccount, openArchive } from '../../../e2e/lab/tree.ts'
import { collectAlone, type Collected, type Subject } from './conformance.ts'
import { filesCollector } from './files.ts'
import { mailCollector } from './mail.ts'
import type { AccountSource, SourceMailbox } from '../../../shared/model/source.ts'

let host: LabHost
beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
})
afterAll(() => host[Symbol.asyncDispose]())

const output = async (command: string) => (await host.exec(command)).stdout
const named = ({ warnings }: Collected) => warnings.map(({ code, path }) => `${code} ${path}`).sort()

let boxes = 0

/** A mailbox of the server; `fill` runs in its folder as its owner. */
async function newMailbox(
  fill: string,
  { uid = 5000, below = '', ...change }: Partial<SourceMailbox> & { readonly below?: string } = {},
): Promise<SourceMailbox> {
  boxes += 1
  const [domain, name] = ['box.test', `b${boxes}`]
  const path = `/var/vmail/${domain}/${name}${below}`
  await host.exec(`mkdir -p ${path} && chown ${uid}:${uid} ${path} && cd ${path} && exec setpriv --reuid ${uid} --regid ${uid} \
    --clear-groups sh -c '${fill.replaceAll("'", "'\\''")}'`)
  return { domain, name, path, uid, gid: uid, insideHome: false, evidence: [], ...change }
}

async function collect(
  mailboxes: readonly SourceMailbox[],
  {
    during,
    ...rest
  }: Partial<Omit<Subject, 'source'>> & {
    readonly during?: readonly [script: string, action: () => Promise<unknown>]
  } = {},
): Promise<Collected> {
  await using login = await logIn(host, 'root')
  const shell = during === undefined ? login.shell : actDuring(login.shell, ...during)
  const source = labAccount({ name: 'alice', mailboxes: [...mailboxes] })
  return await collectAlone(mailCollector, { ...login, shell, source, ...rest })
}

const detailOf = ({ components }: Collected) =>
  components.flatMap(({ detail }) => detail['mailboxes'] as readonly Record<string, unknown>[])

/** More than all buffers between there and here can hold. */
const maildir = 'mkdir cur new tmp; head -c 16M /dev/urandom >cur/0.big:2,; '
const messages =
  'for i in $(seq 300); do echo $i >cur/$i.M.lab:2,; done; for i in $(seq 301 400); do echo $i >new/$i.M.lab; done'

describe('messages that change their names while they are read', () => {
  test('each is stored exactly once, and nothing is called missing', async () => {
    const box = await newMailbox(maildir + messages)
    const seen = `cd ${box.path}; for i in $(seq 300); do mv cur/$i.M.lab:2, cur/$i.M.lab:2,S; done
      for i in $(seq 301 400); do mv new/$i.M.lab cur/$i.M.lab:2,; done`
    const got = await collect([box], { during: ['files-tar', () => host.exec(seen)] })
    expect(named(got)).toEqual([])
    expect(detailOf(got)[0]?.['messages']).toBe(401)
    const folder = `${await openArchive(host, got.archive)}/mail/box.test/${box.name}`
    const found = await output(`cd ${folder}; cat cur/*.M.lab* $(find new -type f) | sort -n`)
    expect(found).toBe(Array.from({ length: 400 }, (_, at) => `${at + 1}\n`).join(''))
  })

  test('also where they never stop', async () => {
    const box = await newMailbox(`${maildir}${messages}`)
    const stop = '/var/tmp/stop-flags'
    const running = host.exec(`cd ${box.path}/cur; renice -n -10 $$ >/dev/null
      while [ ! -e ${stop} ]; do
        for i in $(seq 1 7 300); do mv $i.M.lab:2, $i.M.lab:2,S; done; for i in $(seq 1 7 300); do mv $i.M.lab:2,S $i.M.lab:2,; done
      done`)
    await sleep(100)
    const got = await collect([box])
    await host.exec(`touch ${stop}`)
    await running
    const folder = `${await openArchive(host, got.archive)}/mail/box.test/${box.name}`
    const lost = got.warnings.length
    expect(got.warnings.every(({ code }) => code === 'vanished')).toBe(true)
    const found = (await output(`cd ${folder}; cat cur/*.M.lab* new/*`)).trim().split('\n')
    expect(new Set(found).size).toBe(found.length)
    expect(found.length + lost).toBe(400)
  })

  test('those that were deleted meanwhile are named, those that were moved to another folder are there', async () => {
    const box = await newMailbox(`${maildir}mkdir -p .Old/cur; ${messages}`)
    const change = `cd ${box.path}; for i in $(seq 150); do mv cur/$i.M.lab:2, .Old/cur/$i.M.lab:2,S; done
      for i in $(seq 151 300); do rm cur/$i.M.lab:2,; done`
    const got = await collect([box], { during: ['files-tar', () => host.exec(change)] })
    const folder = `${await openArchive(host, got.archive)}/mail/box.test/${box.name}`
    await host.exec(`cd ${folder}; for i in $(seq 150); do grep -qx $i .Old/cur/$i.M.lab:2,S; done`)
    const deleted = Array.from({ length: 150 }, (_, at) => `${at + 151}.M.lab:2,`)
    const stored = (await output(`ls ${folder}/cur`)).split('\n')
    const lost = deleted.filter((name) => !stored.includes(name))
    expect(lost.length).toBeGreaterThan(0)
    expect(named(got)).toEqual(lost.map((name) => `vanished mail/box.test/${box.name}/cur/${name}`).sort())
  })
})

describe('mailboxes that cannot be read', () => {
  test('one that is not there, and one whose tar was killed, are named; the others are there', async () => {
    const first = await newMailbox(maildir)
    const second = await newMailbox('mkdir cur new; echo good >cur/1:2,')
    const gone = { ...second, name: 'gone', path: '/var/vmail/box.test/gone' }
    const got = await collect([first, gone, second], {
      during: ['files-tar', () => host.exec('pkill -9 -x tar')],
    })
    expect(named(got).filter((line) => line.startsWith('mailbox-failed'))).toEqual([
      `mailbox-failed mail/box.test/${first.name}`,
      'mailbox-failed mail/box.test/gone',
    ])
    expect(got.components.map(({ name, status }) => `${name} ${status}`)).toEqual(['box.test warnings'])
    expect(got.components[0]?.gaps).toBeGreaterThan(1)
    const folder = await openArchive(host, got.archive)
    expect(await output(`cat ${folder}/mail/box.test/${second.name}/cur/1:2,`)).toBe('good\n')
  })

  test('one that its owner made a link shows no more than the owner may read', async () => {
    await host.exec(`mkdir -m 700 -p /root/tree/cur; echo CANARY-51d >/root/tree/cur/1:2,; cp -r /root/tree /root/tree2
      chmod 755 /root/tree2 /root/tree2/cur; chmod 600 /root/tree2/cur/*; cp -r /root/tree2 /srv/tree2`)
    const folder = await newMailbox(
      'mkdir cur; echo good >cur/1:2,; ln -s /root/tree/cur new; ln -s /root/tree .Link',
    )
    const names = ['/root/tree', '/srv/tree2', '/srv/tree2/cur/1:2,']
    const links: SourceMailbox[] = []
    for (const [at, target] of names.entries()) {
      const path = `/var/vmail/box.test/link${at}`
      await host.exec('chown 5000:5000 /var/vmail/box.test')
      await host.exec(`ln -s '${target}' ${path}`, { user: 'vmail' })
      links.push({ ...folder, name: `link${at}`, path })
    }
    const got = await collect([...links, folder])
    expect(named(got)).toContain('mailbox-failed mail/box.test/link0')
    expect(named(got)).toContain('other-owner-skipped mail/box.test/link1/cur/1:2,')
    const opened = await openArchive(host, got.archive)
    expect(
      await output(`grep -rl CANARY ${opened}; ls -d ${opened}/mail/box.test/${folder.name}/.Link; :`),
    ).toBe(`${opened}/mail/box.test/${folder.name}/.Link\n`)
  })

  test('a domain of which nothing could be read is missing', async () => {
    const got = await collect([
      {
        domain: 'gone.test',
        name: 'x',
        path: '/nowhere',
        uid: 5000,
        gid: 5000,
        insideHome: false,
        evidence: [],
      },
    ])
    expect(named(got)).toEqual(['mailbox-failed mail/gone.test/x'])
    expect(got.components[0]?.status).toBe('missing')
  })
})

describe('kinds of mailboxes', () => {
  test('sdbox and mdbox keep their indexes, which are part of the mail there', async () => {
    const sdbox = await newMailbox(
      'mkdir -p mailboxes/INBOX/dbox-Mails; cd mailboxes/INBOX/dbox-Mails; echo m >u.1; echo i >dovecot.index',
    )
    const mdbox = await newMailbox(
      'mkdir -p storage mailboxes/INBOX/dbox-Mails; echo m >storage/m.1; echo i >storage/dovecot.map.index; echo i >mailboxes/INBOX/dbox-Mails/dovecot.index.log',
    )
    const other = await newMailbox('mkdir inbox; echo 1 >inbox/1; echo i >dovecot.index')
    const got = await collect([sdbox, mdbox, other])
    expect(detailOf(got).map((one) => one['format'])).toEqual(['sdbox', 'mdbox', 'folder'])
    expect([named(got), got.skipped]).toEqual([[], []])
    const folder = await openArchive(host, got.archive)
    for (const { name, path } of [sdbox, mdbox, other]) {
      const [live, stored] = [
        await describeTree(host, path),
        await describeTree(host, `${folder}/mail/box.test/${name}`),
      ]
      expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(live))
    }
  })

  test('a mailbox in one file is stored as that file, and nothing else of its folder', async () => {
    await host.exec(`cd /var/mail; printf 'From a@b Thu Jan  1 00:00:00 1970\\n\\nhello\\n' >bob; chown bob:mail bob; chmod 660 bob
      echo secret >carol; chown carol:mail carol; chmod 600 carol; mkdir -m 755 'odd*'; printf mine >'odd*/b?b'; echo other >'odd*/bob'; chmod 600 odd*/*`)
    const mbox = { domain: null, name: 'bob', uid: 1001, gid: 1001, insideHome: false, evidence: [] }
    const file = { ...mbox, name: 'odd', path: '/var/mail/odd*/b?b' }
    const got = await collect([{ ...mbox, path: '/var/mail/bob' }, file])
    expect(named(got)).toEqual([])
    expect(got.skipped).toEqual([])
    expect(detailOf(got).map((one) => one['format'])).toEqual(['mbox', 'mbox'])
    await openArchive(host, got.archive)
    expect(
      await output(
        'cd /var/tmp/opened; find mail -type f | sort; cmp mail/_local/bob/bob /var/mail/bob; cat mail/_local/odd/*',
      ),
    ).toBe('mail/_local/bob/bob\nmail/_local/odd/b?b\nmine')
  })

  test('a virtual mailbox keeps the Sieve scripts beside its Maildir', async () => {
    const box = await newMailbox(
      'mkdir cur new; echo 1 >cur/1:2,; mkdir ../sieve; echo "keep;" >../sieve/a.sieve; ln -s sieve/a.sieve ../.dovecot.sieve',
      { below: '/Maildir', uid: 0 },
    )
    await host.exec(`chown -hR 5000:5000 /var/vmail/box.test/${box.name}`)
    const got = await collect([{ ...box, uid: 5000, gid: 5000 }])
    const folder = `${await openArchive(host, got.archive)}/mail/box.test/${box.name}`
    expect(await output(`cd ${folder}; cat .dovecot.sieve; find . -type f | sort`)).toBe(
      'keep;\n./Maildir/cur/1:2,\n./sieve/a.sieve\n',
    )
    expect([named(got), detailOf(got)[0]?.['messages']]).toEqual([[], 1])
  })

  test('an owner without a name on the server is no obstacle; mail of root is read too', async () => {
    const box = await newMailbox('mkdir cur; echo 1 >cur/1:2,; chmod 700 . cur', { uid: 7777 })
    const roots = await newMailbox('mkdir -m 700 cur; echo 2 >cur/2:2,', { uid: 0 })
    const got = await collect([box, roots])
    expect(named(got)).toEqual([])
    await openArchive(host, got.archive)
    expect(
      await output(
        `cd /var/tmp/opened/mail/box.test; cat */cur/*; stat -c '%u %a' ${box.name}/cur ${roots.name}/cur`,
      ),
    ).toBe('1\n2\n7777 700\n0 700\n')
  })

  test('names of domains and mailboxes mean nothing to the server and stay exact', async () => {
    const odd = ['-rf', '$(touch /tmp/x)', "it's a b", '..', 'ünï', 'a%2Fb', '_local']
    await host.exec(
      `cd /var/vmail; install -d -o 5000 -g 5000 odd; cd odd; mkdir -p d/cur; echo odd >d/cur/1; chown -R 5000:5000 d`,
    )
    const got = await collect(
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
    expect(named(got)).toEqual([])
    await openArchive(host, got.archive)
    expect((await output('cd /var/tmp/opened/mail; ls -d */* | sort')).split('\n').slice(0, -1)).toEqual(
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
    expect(await output('ls /tmp')).toBe('')
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
    await host.exec(
      'cd /home/alice; mkdir -p mail/a.test/x/cur mail/a.test/x/inner/cur mail/a.test/kept; echo 1 >mail/a.test/x/cur/1:2,; echo 2 >mail/a.test/x/inner/cur/2:2,; echo k >mail/a.test/kept/k',
      { user: 'alice' },
    )
    await using login = await logIn(host, 'root')
    const list = async (archive: Buffer, change: string) =>
      output(
        `cd ${await openArchive(host, archive)}; find files mail -mindepth 1 ! -type d -print0 2>/dev/null | tr '\\n\\0' '?\\n' | ${change}; :`,
      )
    const files = await collectAlone(filesCollector, { ...login, source: alice() })
    const mail = await collectAlone(mailCollector, { ...login, source: alice() })
    const fromFiles = await list(files.archive, "sed -n 's,^files/,,p'")
    const fromMail = await list(
      mail.archive,
      "sed -n -e 's,^mail/_local/alice/,Maildir/,p' -e 's,^mail/a.test/x/,mail/a.test/x/,p' -e 's,^mail/a.test/y/,mail/a.test/x/inner/,p'",
    )
    const live = await output(
      "cd /home/alice; find . -mindepth 1 ! -type d ! -type p -printf '%P\\0' | tr '\\n\\0' '?\\n'",
    )
    const sorted = (text: string) => text.split('\n').filter(Boolean).sort()
    expect(sorted(fromFiles + fromMail)).toEqual(sorted(live))
    expect([named(mail), mail.skipped]).toEqual([[], [{ path: 'mail/a.test/x/inner', why: 'part of mail' }]])
  })

  test('a backup of the files alone lists the mail as left out', async () => {
    expect(mailCollector.wanted(alice(), 'files')).toBe(false)
    expect(mailCollector.wanted(alice(), 'email')).toBe(true)
    await using login = await logIn(host, 'root')
    const { skipped } = await collectAlone(filesCollector, { ...login, source: alice() })
    expect(skipped).toEqual([
      { path: 'files/Maildir', why: 'part of mail' },
      { path: 'files/mail/a.test/x', why: 'part of mail' },
    ])
  })

  test('globs of the run count in mailboxes too, those of the home below it', async () => {
    await using login = await logIn(host, 'root')
    const exclude = ['Maildir/.Sent', '*.M3P1.*']
    const got = await collectAlone(mailCollector, { ...login, source: alice(), exclude })
    expect(
      got.skipped
        .slice(0, 2)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['mail/_local/alice/.Sent', 'mail/_local/alice/cur/1700000003.M3P1.lab:2,S'])
    expect(detailOf(got)[0]?.['messages']).toBe(39)
  })

  test('a further path that is a file comes along as that file', async () => {
    await host.exec(
      'mkdir -p /srv/one; cd /srv/one; echo mine >mine; chown alice mine; echo theirs >theirs; chmod 600 theirs; echo x >x',
    )
    await using login = await logIn(host, 'root')
    const paths = ['/srv/one/mine', '/srv/one/theirs'].map((path) => ({ path, evidence: [] }))
    const got = await collectAlone(filesCollector, {
      ...login,
      source: alice({ paths, home: '/home/carol' }),
    })
    expect(named(got)).toEqual([])
    await openArchive(host, got.archive)
    expect(await output('cd /var/tmp/opened; find paths -type f | sort; cat paths/srv/one/*')).toBe(
      'paths/srv/one/mine\npaths/srv/one/theirs\nmine\ntheirs\n',
    )
  })
})
