import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount, openArchive } from '../../../e2e/lab/tree.ts'
import type { AccountSource } from '../../../shared/model/source.ts'
import type { RemoteShell } from '../remote/shell.ts'
import { collectAlone, noOverrides, type Collected, type Subject } from './conformance.ts'
import { filesCollector } from './files.ts'

let host: LabHost
beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
})
afterAll(() => host[Symbol.asyncDispose]())

let accounts = 0

/** A new account, and what its home holds: `fill` runs in there as the account. */
async function newAccount(fill: string, asRoot = ''): Promise<AccountSource> {
  accounts += 1
  const name = `user${accounts}`
  const uid = 3000 + accounts
  await host.exec(`useradd -M -u ${uid} -s /usr/sbin/nologin ${name}
    install -d -m 750 -o ${name} -g ${name} /home/${name}`)
  await host.exec(`cd /home/${name} && ${fill}`, { user: name })
  await host.exec(`cd /home/${name}\n${asRoot}`)
  return labAccount({ name, uid, gid: uid })
}

interface Trial extends Omit<Partial<Subject>, 'source'> {
  readonly user?: string
  /** Runs once, when the script was started and its output is not read yet: soon it cannot go on. */
  readonly during?: readonly [script: string, action: () => Promise<unknown>]
}

async function collect(
  source: AccountSource,
  { user = 'root', during, ...rest }: Trial = {},
): Promise<Collected> {
  await using login = await logIn(host, user)
  const shell = during === undefined ? login.shell : stalling(login.shell, ...during)
  return await collectAlone(filesCollector, { ...login, shell, source, ...rest })
}

function stalling(shell: RemoteShell, script: string, action: () => Promise<unknown>): RemoteShell {
  let waiting = true
  return {
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    run: (name, options) => shell.run(name, options),
    start: async (name, options) => {
      const run = await shell.start(name, options)
      if (name === script && waiting) {
        waiting = false
        await sleep(300)
        await action()
      }
      return run
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function opened({ archive }: Collected): Promise<string> {
  return `${await openArchive(host, archive)}/files`
}

const named = ({ warnings }: Collected) => warnings.map(({ code, path }) => `${code} ${path}`).sort()
const output = async (command: string) => (await host.exec(command)).stdout

/** More than all buffers between there and here can hold. */
const big = 'head -c 40M /dev/urandom >big'

let loops = 0

/** Repeats commands on the server, until disposed of. */
async function repeat(commands: string, user = 'root'): Promise<AsyncDisposable> {
  loops += 1
  const stop = `/var/tmp/stop-${loops}`
  const running = host.exec(
    `${user === 'root' ? 'renice -n -10 $$ >/dev/null; ' : ''}while [ ! -e ${stop} ]; do ${commands}; done`,
    { user, anyCode: true },
  )
  await sleep(100)
  return {
    [Symbol.asyncDispose]: async () => {
      await host.exec(`touch ${stop}`)
      await running
    },
  }
}

describe('files that do not hold still', () => {
  test('one that grows while it is read is kept as it was read last, with a warning', async () => {
    const source = await newAccount('head -c 16M /dev/urandom >log')
    await using _ = await repeat(`echo more >>/home/${source.name}/log; sleep 0.002`)
    const got = await collect(source)
    expect(named(got)).toEqual(['moved files/log'])
    expect(got.components[0]?.status).toBe('warnings')
    const folder = await opened(got)
    await host.exec(`cmp -n $((16 << 20)) ${folder}/log /home/${source.name}/log`)
    expect((await output(`tail -c 5 ${folder}/log`)).trim()).toBe('more')
  })

  test('one that became shorter is read again, and nothing is padded', async () => {
    const source = await newAccount(big)
    const file = `/home/${source.name}/big`
    const got = await collect(source, { during: ['files-tar', () => host.exec(`truncate -s 1M ${file}`)] })
    expect(named(got)).toEqual([])
    await host.exec(`cmp ${await opened(got)}/big ${file}`)
  })

  test('one that never stops becoming shorter is named as padded', async () => {
    const source = await newAccount('truncate -s 150M shrinking')
    const file = `/home/${source.name}/shrinking`
    await using _ = await repeat(`truncate -s 1 ${file}; truncate -s 150M ${file}; sleep 0.02`)
    expect(named(await collect(source))).toEqual(['padded files/shrinking'])
  })

  test('those that went, were renamed or closed in between are looked for again', async () => {
    const source = await newAccount(
      `mkdir m; cd m; ${big}; for i in $(seq 400); do echo $i >gone$i; echo $i >new$i; echo $i >shut$i; done; echo 401 >new401`,
    )
    const change = `cd /home/${source.name}/m
      rm gone*; for i in $(seq 400); do mv new$i cur$i; done; mv new401 'cur\n401'
      chown www-data:www-data shut*; chmod 600 shut*`
    const got = await collect(source, { during: ['files-tar', () => host.exec(change)] })
    expect(new Set(got.warnings.map(({ code }) => code))).toEqual(new Set(['vanished']))
    await host.exec(`set -e; cd ${await opened(got)}/m; mv 'cur\n401' cur401 || :
      for i in $(seq 401); do cat cur$i new$i 2>/dev/null | grep -qx $i; done
      for i in $(seq 400); do grep -qx $i shut$i; done
      [ -n "$(find . -name 'shut*' -user www-data)" ]`)
  })

  test('a tar that is killed fails the component, and says so', async () => {
    const source = await newAccount(big)
    const got = await collect(source, { during: ['files-tar', () => host.exec('pkill -9 -x tar')] })
    expect(got.components[0]?.status).toBe('missing')
    const failure = got.warnings.find(({ code }) => code === 'component-failed')
    expect(failure?.note).toContain('137')
  })

  test('a second pass that is killed spoils nothing else', async () => {
    const source = await newAccount('echo mine >mine', 'head -c 40M /dev/urandom >theirs; chmod 600 theirs')
    const got = await collect(source, { during: ['files-owned', () => host.exec('pkill -9 -x tar')] })
    expect(new Set(got.warnings.map(({ code }) => code))).toContain('component-failed')
    expect(await output(`cat ${await opened(got)}/mine`)).toBe('mine\n')
  })
})

describe('names and kinds', () => {
  test('a folder whose name ends in a newline picks no foreign file', async () => {
    const source = await newAccount(
      `mkdir -p "x\n/etc" && echo mine >"x\n/etc/shadow" && echo mine >"x\n/etc/passwd"`,
    )
    await host.exec(
      `cd /home/${source.name}; mkdir -p 'y\n/etc'; echo mine >'y\n/etc/shadow'; echo theirs >'y\n/etc/hidden'; chmod 600 'y\n/etc/hidden'`,
    )
    const got = await collect(source)
    expect(named(got)).toEqual([])
    const folder = await opened(got)
    expect(
      await output(`cat ${folder}/*/etc/shadow ${folder}/*/etc/hidden | sort | uniq -c | tr -s ' '`),
    ).toBe(' 2 mine\n 1 theirs\n')
    expect(await output(`grep -rl '^root:' ${folder}; :`)).toBe('')
  })

  test('pipes, sockets and a sparse terabyte cost no time and are named; five thousand files come along', async () => {
    const source = await newAccount(
      `mkfifo pipe; truncate -s 1T huge; mkdir many; touch "$(printf 'n%.0s' $(seq 255))"
       (cd many; for i in $(seq 5000); do echo $i >f$i; done)
       perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1)'`,
    )
    const started = performance.now()
    const got = await collect(source)
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(named(got)).toEqual([
      'special-file files/pipe',
      'special-file files/socket',
      'too-large files/huge',
    ])
    expect(await output(`ls ${await opened(got)}/many | wc -l`)).toBe('5000\n')
  })

  test('hard links stay links, and become files where their other name is left out', async () => {
    const source = await newAccount(
      `echo a >a1; ln a1 a2; mkdir d; ln a1 d/a3; echo b >b.log; ln b.log b2; ln b.log b3
       mkdir -p Maildir/cur; echo c >Maildir/cur/c; ln Maildir/cur/c c2`,
    )
    const mailbox = { domain: null, name: 'x', uid: 0, gid: 0, insideHome: true, evidence: [] }
    const mailboxes = [{ ...mailbox, path: `/home/${source.name}/Maildir` }]
    const got = await collect({ ...source, mailboxes }, { exclude: ['*.log'] })
    const folder = await opened(got)
    expect(await output(`cd ${folder}; stat -c '%n %h' a1 a2 d/a3 b2 b3 c2; cat a2 b3 c2`)).toBe(
      'a1 3\na2 3\nd/a3 3\nb2 2\nb3 2\nc2 1\na\nb\nc\n',
    )
    expect(named(got).filter((line) => line.startsWith('hard-link-stored-twice'))).toHaveLength(2)
    expect(got.skipped).toEqual(
      expect.arrayContaining([
        { path: 'files/b.log', why: 'excluded by a glob' },
        { path: 'files/Maildir', why: 'part of mail' },
      ]),
    )
  })
})

describe('what is left out', () => {
  test('a mount inside of the home is listed, not entered', async () => {
    const source = await newAccount('mkdir mnt; echo in >in')
    await host.exec(
      `mount -t tmpfs tmpfs /home/${source.name}/mnt; echo foreign >/home/${source.name}/mnt/foreign`,
    )
    try {
      const got = await collect(source)
      expect(named(got)).toEqual([])
      expect(got.skipped).toEqual([{ path: 'files/mnt', why: 'another file system' }])
      expect(await output(`cd ${await opened(got)}; find . -mindepth 1 | sort`)).toBe('./in\n./mnt\n')
    } finally {
      await host.exec(`umount /home/${source.name}/mnt`)
    }
  })

  test('.nobackup counts only where it was switched on', async () => {
    const source = await newAccount('mkdir c; touch c/.nobackup; echo t >c/thumb; mkfifo c/pipe')
    const everything = await collect(source)
    expect(await output(`ls -A ${await opened(everything)}/c`)).toBe('.nobackup\nthumb\n')
    await using login = await logIn(host, 'root')
    const overrides = { ...noOverrides, nobackupTag: true }
    const got = await collectAlone(filesCollector, { ...login, source, overrides })
    expect(await output(`ls -A ${await opened(got)}/c`)).toBe('.nobackup\n')
    expect(got.skipped).toEqual([{ path: 'files/c', why: 'holds a .nobackup file' }])
    expect(named(got)).toEqual([])
  })

  test('names that mean something to tar are still only names', async () => {
    const source = await newAccount(
      `mkdir 'a*' 'b[1]' 'c\\n' ab b1; touch 'a*/x' 'b[1]/x' 'c\\n/x' ab/x b1/x`,
    )
    const got = await collect(source, { exclude: ['a\\*', 'b\\[1\\]', 'c\\\\*'] })
    expect(await output(`cd ${await opened(got)}; find . -type f | sort`)).toBe('./ab/x\n./b1/x\n')
  })
})

describe('further paths', () => {
  test('each is a component of its own; what lies in the home is there already', async () => {
    const source = await newAccount('mkdir site; echo home >site/x')
    const [name, top] = [source.name, `/srv/${source.name}`]
    await host.exec(`mkdir -p ${top}/htdocs/inner ${top}/other; echo one >${top}/htdocs/x; echo two >${top}/htdocs/inner/x
      echo theirs >${top}/htdocs/theirs; chmod 600 ${top}/htdocs/theirs; chown ${name} ${top}/htdocs ${top}/htdocs/x`)
    const paths = ['/htdocs', '/htdocs/inner/', '/htdocs'].map((path) => ({ path: top + path, evidence: [] }))
    paths.push({ path: `/home/${name}/site`, evidence: [] })
    const got = await collect({ ...source, paths }, { exclude: [`${top}/htdocs/inner/x`, 'site/x'] })
    expect(got.components.map((component) => `${component.kind} ${component.name}`)).toEqual([
      'files home',
      `paths ${top}/htdocs`,
      `paths ${top}/htdocs/inner/`,
    ])
    await opened(got)
    expect(await output('cd /var/tmp/opened; find files paths ! -type d | sort')).toBe(
      `paths${top}/htdocs/theirs\npaths${top}/htdocs/x\n`,
    )
  })

  test('one that the account made a link is read only as far as the account may', async () => {
    const source = await newAccount(':')
    const top = `/srv/${source.name}`
    await host.exec(
      `install -d -o ${source.name} ${top}; ln -s /etc ${top}/site; chown -h ${source.name} ${top}/site`,
    )
    const got = await collect({ ...source, paths: [{ path: `${top}/site`, evidence: [] }] })
    expect(named(got)).toContain(`other-owner-skipped paths${top}/site/shadow`)
    await opened(got)
    expect(
      await output(`cd /var/tmp/opened/paths${top}/site; test -s passwd; ls shadow gshadow 2>/dev/null; :`),
    ).toBe('')
  })
})

describe('what only root may read', () => {
  test('a home that belongs to root is read whole', async () => {
    const source = await newAccount('echo mine >mine; mkfifo pipe', 'chown root:root .; chmod 700 .')
    const got = await collect(source)
    expect(named(got)).toEqual(['special-file files/pipe'])
    expect(got.components[0]?.detail['secondPass']).toEqual({ items: 2, bytes: 5 })
    expect(await output(`cd ${await opened(got)}; cat mine; stat -c '%a %U' .`)).toBe('mine\n700 root\n')
  })

  test('a home that is not there is missing', async () => {
    const source = await newAccount(':')
    const got = await collect({ ...source, home: '/home/nobody-here' })
    expect(named(got)).toEqual(['component-failed files'])
    expect(got.components[0]?.status).toBe('missing')
  })

  test('it is named, not read, where hard links are not protected', async () => {
    const source = await newAccount('echo mine >mine', 'echo theirs >theirs; chmod 600 theirs')
    await using login = await logIn(host, 'root')
    const survey = { ...login.survey, protectedHardlinks: false }
    const got = await collectAlone(filesCollector, { ...login, survey, source })
    expect(named(got)).toEqual(['other-owner-skipped files/theirs'])
  })

  test('nothing foreign comes in while the account swaps names under our hands', async () => {
    await host.exec(
      'echo CANARY-7f3a >/root/canary; chmod 600 /root/canary; mkdir -p /root/tree; echo CANARY-7f3a >/root/tree/x',
    )
    const source = await newAccount(
      'mkdir d e; ln -s /root/canary d/link; ln -s /root/tree e/link; mkdir e/mine; echo mine >e/mine/x',
      'echo theirs >d/f; chmod 600 d/f; mkdir e/f; echo theirs >e/f/x; chmod 700 e/f; chown root d/f e/f',
    )
    const home = `/home/${source.name}`
    await using _1 = await repeat(
      `cd ${home}/d; mv -T f real; mv -T link f; mv -T f link; mv -T real f`,
      source.name,
    )
    await using _2 = await repeat(
      `cd ${home}/e; mv -T f real; mv -T link f; mv -T f link; mv -T mine f; mv -T f mine; mv -T real f`,
      source.name,
    )
    await using _3 = await repeat(`cd ${home}; mv -T d d2; ln -s /root d; rm d; mv -T d2 d`, source.name)
    for (let run = 0; run < 4; run += 1) {
      const got = await collect(source)
      const folder = await opened(got)
      expect(await output(`grep -rl -e CANARY-7f3a -e '^root:' ${folder}; :`)).toBe('')
    }
  })
})
