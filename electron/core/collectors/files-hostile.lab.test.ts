import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FilesLab, named } from '../../../e2e/lab/files-lab.ts'
import { noOverrides } from './conformance.ts'

let lab: FilesLab
beforeAll(async () => {
  lab = await FilesLab.start()
})
afterAll(() => lab[Symbol.asyncDispose]())

describe('names and kinds', () => {
  test('a folder whose name ends in a newline picks no foreign file', async () => {
    const source = await lab.account(
      `mkdir -p "x\n/etc" && echo mine >"x\n/etc/shadow" && echo mine >"x\n/etc/passwd"`,
    )
    await lab.host.exec(
      `cd /home/${source.name}; mkdir -p 'y\n/etc'; echo mine >'y\n/etc/shadow'; echo theirs >'y\n/etc/hidden'; chmod 600 'y\n/etc/hidden'`,
    )
    const got = await lab.collect(source)
    expect(named(got)).toEqual([])
    const folder = await lab.open(got)
    expect(
      await lab.output(`cat ${folder}/*/etc/shadow ${folder}/*/etc/hidden | sort | uniq -c | tr -s ' '`),
    ).toBe(' 2 mine\n 1 theirs\n')
    expect(await lab.output(`grep -rl '^root:' ${folder}; :`)).toBe('')
  })

  test('pipes, sockets and a sparse terabyte cost no time and are named; five thousand files come along', async () => {
    const source = await lab.account(
      `mkfifo pipe; truncate -s 1T huge; mkdir many; touch "$(printf 'n%.0s' $(seq 255))"
       (cd many; for i in $(seq 5000); do echo $i >f$i; done)
       perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1)'`,
    )
    const started = performance.now()
    const got = await lab.collect(source)
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(named(got)).toEqual([
      'special-file files/pipe',
      'special-file files/socket',
      'too-large files/huge',
    ])
    expect(await lab.output(`ls ${await lab.open(got)}/many | wc -l`)).toBe('5000\n')
  })

  test('hard links stay links, and become files where their other name is left out', async () => {
    const source = await lab.account(
      `echo a >a1; ln a1 a2; mkdir d; ln a1 d/a3; echo b >b.log; ln b.log b2; ln b.log b3
       mkdir -p Maildir/cur; echo c >Maildir/cur/c; ln Maildir/cur/c c2`,
    )
    const mailbox = { domain: null, name: 'x', uid: 0, gid: 0, insideHome: true, evidence: [] }
    const mailboxes = [{ ...mailbox, path: `/home/${source.name}/Maildir` }]
    const got = await lab.collect({ ...source, mailboxes }, { exclude: ['*.log'] })
    const folder = await lab.open(got)
    expect(await lab.output(`cd ${folder}; stat -c '%n %h' a1 a2 d/a3 b2 b3 c2; cat a2 b3 c2`)).toBe(
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
    const source = await lab.account('mkdir mnt; echo in >in')
    await lab.host.exec(
      `mount -t tmpfs tmpfs /home/${source.name}/mnt; echo foreign >/home/${source.name}/mnt/foreign`,
    )
    try {
      const got = await lab.collect(source)
      expect(named(got)).toEqual([])
      expect(got.skipped).toEqual([{ path: 'files/mnt', why: 'another file system' }])
      expect(await lab.output(`cd ${await lab.open(got)}; find . -mindepth 1 | sort`)).toBe('./in\n./mnt\n')
    } finally {
      await lab.host.exec(`umount /home/${source.name}/mnt`)
    }
  })

  test('.nobackup counts only where it was switched on', async () => {
    const source = await lab.account('mkdir c; touch c/.nobackup; echo t >c/thumb; mkfifo c/pipe')
    const everything = await lab.collect(source)
    expect(await lab.output(`ls -A ${await lab.open(everything)}/c`)).toBe('.nobackup\nthumb\n')
    const got = await lab.collect(source, { overrides: { ...noOverrides, nobackupTag: true } })
    expect(await lab.output(`ls -A ${await lab.open(got)}/c`)).toBe('.nobackup\n')
    expect(got.skipped).toEqual([{ path: 'files/c', why: 'holds a .nobackup file' }])
    expect(named(got)).toEqual([])
  })

  test('names that mean something to tar are still only names', async () => {
    const source = await lab.account(
      `mkdir 'a*' 'b[1]' 'c\\n' ab b1; touch 'a*/x' 'b[1]/x' 'c\\n/x' ab/x b1/x`,
    )
    const got = await lab.collect(source, { exclude: ['a\\*', 'b\\[1\\]', 'c\\\\*'] })
    expect(await lab.output(`cd ${await lab.open(got)}; find . -type f | sort`)).toBe('./ab/x\n./b1/x\n')
  })
})

describe('further paths', () => {
  test('each is a component of its own; what lies in the home is there already', async () => {
    const source = await lab.account('mkdir site; echo home >site/x')
    const [name, top] = [source.name, `/srv/${source.name}`]
    await lab.host
      .exec(`mkdir -p ${top}/htdocs/inner ${top}/other; echo one >${top}/htdocs/x; echo two >${top}/htdocs/inner/x
      echo theirs >${top}/htdocs/theirs; chmod 600 ${top}/htdocs/theirs; chown ${name} ${top}/htdocs ${top}/htdocs/x`)
    const paths = ['/htdocs', '/htdocs/inner/', '/htdocs'].map((path) => ({ path: top + path, evidence: [] }))
    paths.push({ path: `/home/${name}/site`, evidence: [] })
    const got = await lab.collect({ ...source, paths }, { exclude: [`${top}/htdocs/inner/x`, 'site/x'] })
    expect(got.components.map((component) => `${component.kind} ${component.name}`)).toEqual([
      'files home',
      `paths ${top}/htdocs`,
      `paths ${top}/htdocs/inner/`,
    ])
    await lab.open(got)
    expect(await lab.output('cd /var/tmp/opened; find files paths ! -type d | sort')).toBe(
      `paths${top}/htdocs/theirs\npaths${top}/htdocs/x\n`,
    )
  })

  test('one that the account made a link is read only as far as the account may', async () => {
    const source = await lab.account(':')
    const top = `/srv/${source.name}`
    await lab.host.exec(
      `install -d -o ${source.name} ${top}; ln -s /etc ${top}/site; chown -h ${source.name} ${top}/site`,
    )
    const got = await lab.collect({ ...source, paths: [{ path: `${top}/site`, evidence: [] }] })
    expect(named(got)).toContain(`other-owner-skipped paths${top}/site/shadow`)
    await lab.open(got)
    expect(
      await lab.output(
        `cd /var/tmp/opened/paths${top}/site; test -s passwd; ls shadow gshadow 2>/dev/null; :`,
      ),
    ).toBe('')
  })
})

describe('what only root may read', () => {
  test('a home that belongs to root is read whole', async () => {
    const source = await lab.account('echo mine >mine; mkfifo pipe', 'chown root:root .; chmod 700 .')
    const got = await lab.collect(source)
    expect(named(got)).toEqual(['special-file files/pipe'])
    expect(got.components[0]?.detail['secondPass']).toEqual({ items: 2, bytes: 5 })
    expect(await lab.output(`cd ${await lab.open(got)}; cat mine; stat -c '%a %U' .`)).toBe(
      'mine\n700 root\n',
    )
  })

  test('a home that is not there is missing', async () => {
    const source = await lab.account(':')
    const got = await lab.collect({ ...source, home: '/home/nobody-here' })
    expect(named(got)).toEqual(['component-failed files'])
    expect(got.components[0]?.status).toBe('missing')
  })

  test('it is named, not read, where hard links are not protected', async () => {
    const source = await lab.account('echo mine >mine', 'echo theirs >theirs; chmod 600 theirs')
    const got = await lab.collect(source, { survey: { protectedHardlinks: false } })
    expect(named(got)).toEqual(['other-owner-skipped files/theirs'])
  })

  test(
    'nothing foreign comes in while the account swaps names under our hands',
    { tags: ['thorough'] },
    async () => {
      await lab.host.exec(
        `mkdir -p /root/tree; echo CANARY-7f3a | tee /root/canary >/root/tree/x; chmod 600 /root/canary`,
      )
      const source = await lab.account(
        'mkdir d; ln -s /root/canary d/file-link; ln -s /root/tree d/folder-link',
        `for i in $(seq 20); do echo theirs >d/f$i; chmod 600 d/f$i; mkdir -m 700 d/g$i; echo theirs >d/g$i/x; done`,
      )
      const swap = `chdir "/home/${source.name}/d"; sub swap { my ($name, $link) = @_;
      rename $name, "real"; rename $link, $name; rename $name, $link; rename "real", $name }
      while (!-e $ARGV[0]) { for (1..20) { swap("f$_", "file-link"); swap("g$_", "folder-link") } }`
      await using _swapping = await lab.during((stop) => `perl -e '${swap}' ${stop}`, source.name)
      let theirs = 0
      for (let run = 0; run < 5; run += 1) {
        const got = await lab.collect(source)
        const folder = await lab.open(got)
        expect(await lab.output(`grep -rl -e CANARY-7f3a -e '^root:' ${folder}; :`)).toBe('')
        theirs += Number(await lab.output(`grep -rl theirs ${folder} | wc -l`))
      }
      expect(theirs).toBeGreaterThan(0)
    },
  )

  test('a path that becomes a link between two looks is not followed as root', async () => {
    await lab.host.exec('mkdir -p /root/tree; echo CANARY-7f3a >/root/tree/x')
    const source = await lab.account(':')
    const site = `/srv/${source.name}/site`
    await lab.host.exec(
      `mkdir -p ${site}; echo mine >${site}/mine; chown -R ${source.name} /srv/${source.name}`,
    )
    const paths = [{ path: site, evidence: [] }]
    const got = await lab.collect(
      { ...source, paths },
      {
        during: ['files-scan', () => lab.host.exec(`mv ${site} ${site}.old; ln -s /root/tree ${site}`), site],
      },
    )
    await lab.open(got)
    expect(await lab.output('grep -rl CANARY-7f3a /var/tmp/opened; :')).toBe('')
    expect(named(got)).toEqual([`component-failed paths${site}`])
  })
})

test.each(['tar', 'find'])('a server without GNU %s is told so in one sentence', async (tool) => {
  const source = await lab.account('echo mine >mine')
  const fake = `/usr/sbin/${tool}`
  await lab.host.exec(`printf '#!/bin/sh\\necho BusyBox v1.36.1\\n' >${fake}; chmod 755 ${fake}`)
  try {
    const got = await lab.collect(source)
    expect(named(got)).toEqual(['component-failed files'])
    expect(got.warnings[0]?.note).toContain(`GNU ${tool}`)
    expect(got.components[0]?.status).toBe('missing')
  } finally {
    await lab.host.exec(`rm ${fake}`)
  }
})
