import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { describeTree, labAccount, leftoversOn, openArchive } from '../../../e2e/lab/tree.ts'
import { collectAlone, describeCollector } from './conformance.ts'
import { mailCollector } from './mail.ts'
import type { SourceMailbox } from '../../../shared/model/source.ts'

const own: SourceMailbox = {
  domain: null,
  name: 'alice',
  path: '/home/alice/Maildir',
  uid: 1000,
  gid: 1000,
  insideHome: true,
  evidence: [],
}
const virtual = (name: string): SourceMailbox => ({
  domain: 'alice.example',
  name,
  path: `/var/vmail/alice.example/${name}`,
  uid: 5000,
  gid: 5000,
  insideHome: false,
  evidence: [],
})

/** What a Maildir holds besides plain messages. */
const fill = `cd "$1" && umask 077
  touch dovecot-uidvalidity dovecot-uidvalidity.65a1 .dovecot.sieve maildirfolder
  printf '0 $Forwarded\\n' >dovecot-keywords; mkdir sieve; echo 'keep;' >sieve/default.sieve
  for name in dovecot.index dovecot.index.log dovecot.index.cache dovecot.list.index .Sent/dovecot.index.cache; do echo cache >"$name"; done
  latin=$(printf '.caf\\351 %%s'); mkdir -p "$latin"/cur "$latin"/new "$latin"/tmp; echo odd >"$latin/cur/$(printf '1.M1.\\377:2,S')"
  newline=$(printf 'a\\nb'); mkdir -p ".$newline/cur"; echo nl >".$newline/cur/1:2,"
  echo first >new/1800000000.M1P1.lab; echo linked >cur/1800000001.M2P1.lab:2,RS; ln cur/1800000001.M2P1.lab:2,RS .Sent/cur/9.lab:2,S`

describe('the mail collector', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
    await host.exec(`set -- /home/alice/Maildir; ${fill}`, { user: 'alice' })
    await host.exec(`set -- /var/vmail/alice.example/info; ${fill}`, { user: 'vmail' })
    await host.exec('cd /var/vmail/alice.example/info/cur; echo root >7.lab:2,; chmod 600 7.lab:2,')
  })
  afterAll(() => host[Symbol.asyncDispose]())

  /** All of some mailboxes, without what Dovecot makes again. */
  const describeMail = async (folders: Readonly<Record<string, string>>) => {
    const all = new Map<string, string>()
    for (const [name, folder] of Object.entries(folders)) {
      const tree = await describeTree(host, folder, '-name "dovecot.*index*"')
      for (const [path, facts] of tree) all.set(`${name}/${path}`, facts)
    }
    return all
  }

  describe.each([
    ['root', {}, [own, virtual('info'), virtual('sales')]],
    ['deploy', { sudo: 'without password' }, [own, virtual('info')]],
    ['ops', { sudo: { password: 'pw-ops' } }, [virtual('sales'), own]],
    ['alice', {}, [own]],
  ] as const)('with a login as %s', (user, options, mailboxes) => {
    const place = ({ domain, name }: SourceMailbox) => `mail/${domain ?? '_local'}/${name}`
    describeCollector({
      collector: mailCollector,
      subject: async () => ({
        ...(await logIn(host, user, options)),
        source: labAccount({ name: 'alice', mailboxes: [...mailboxes] }),
      }),
      live: () => describeMail(Object.fromEntries(mailboxes.map((box) => [place(box), box.path]))),
      stored: async (archive) => {
        const folder = await openArchive(host, archive)
        return describeMail(
          Object.fromEntries(mailboxes.map((box) => [place(box), `${folder}/${place(box)}`])),
        )
      },
      gaps: [],
      leftovers: () => leftoversOn(host),
    })
  })

  test('nothing lies in the archive but the mailboxes', async () => {
    await using login = await logIn(host, 'root')
    const source = labAccount({ name: 'alice', mailboxes: [own, virtual('info')] })
    const { archive, components, skipped } = await collectAlone(mailCollector, { ...login, source })
    const folder = await openArchive(host, archive)
    const { stdout } = await host.exec(`cd ${folder}; ls -d * mail/*/*`)
    expect(stdout.trim().split('\n').sort()).toEqual([
      'holdfast.json',
      'mail',
      'mail/_local/alice',
      'mail/alice.example/info',
      'manifest.json',
    ])
    expect(components.map(({ kind, name, status }) => `${kind} ${name} ${status}`)).toEqual([
      'mail _local ok',
      'mail alice.example ok',
    ])
    const why = '5 files of indexes and locks, which Dovecot makes again'
    expect(skipped).toEqual([
      { path: 'mail/_local/alice/…/dovecot.index*', why },
      { path: 'mail/alice.example/info/…/dovecot.index*', why },
    ])
    const count = await host.exec(
      'find /var/vmail/alice.example/info -path "*/[cn][ue][rw]/*" -type f -printf x | wc -c',
    )
    expect(components[1]?.detail['mailboxes']).toEqual([
      {
        name: 'info',
        path: '/var/vmail/alice.example/info',
        format: 'maildir',
        uid: 5000,
        gid: 5000,
        messages: Number(count.stdout),
        secondPass: { items: 1, bytes: 5 },
      },
    ])
    expect((await host.exec(`stat -c %u:%g ${folder}/mail/alice.example/info/cur`)).stdout).toBe(
      '5000:5000\n',
    )
  })
})
