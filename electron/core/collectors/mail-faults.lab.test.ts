import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailboxDetails, MailLab, warnedOf } from '../../../e2e/lab/mail-lab.ts'
import type { SourceMailbox } from '../../../shared/model/source.ts'

let lab: MailLab
beforeAll(async () => {
  lab = await MailLab.start()
})
afterAll(() => lab[Symbol.asyncDispose]())

/** More than all buffers between there and here can hold, in one message. */
const bigMessage = 'mkdir cur new tmp; head -c 40M /dev/urandom >cur/0.big:2,; '
/** The same in 400 messages, each with its number in its first line: some of them are read late. */
const messages = `mkdir cur new tmp; message() { echo $1; head -c 100K /dev/urandom; }
  for i in $(seq 300); do message $i >cur/$i.M.lab:2,; done; for i in $(seq 301 400); do message $i >new/$i.M.lab; done`
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => String(from + at))
/** The numbers of the messages that the archive has. */
const numbersIn = async (folder: string) =>
  (await lab.output(`find ${folder} -name '*.M.lab*' -type f -exec head -qn 1 {} + | sort -n`))
    .trim()
    .split('\n')

describe('messages that change their names while they are read', () => {
  test('each is stored exactly once, and nothing is called missing', async () => {
    const box = await lab.mailbox(messages)
    const seen = `cd ${box.path}; for i in $(seq 300); do mv cur/$i.M.lab:2, cur/$i.M.lab:2,S; done
      for i in $(seq 301 400); do mv new/$i.M.lab cur/$i.M.lab:2,; done`
    const got = await lab.collect([box], { during: ['files-tar', () => lab.host.exec(seen)] })
    expect(warnedOf(got)).toEqual([])
    expect(mailboxDetails(got)[0]?.['messages']).toBe(400)
    const folder = `${await lab.opened(got)}/${box.name}`
    expect(await numbersIn(folder)).toEqual(numbers(1, 400))
  })

  test('also where they never stop', async () => {
    const box = await lab.mailbox(messages)
    const stop = '/var/tmp/stop-flags'
    const running = lab.host.exec(`cd ${box.path}/cur; renice -n -10 $$ >/dev/null
      while [ ! -e ${stop} ]; do
        for i in $(seq 1 7 300); do mv $i.M.lab:2, $i.M.lab:2,S; done; for i in $(seq 1 7 300); do mv $i.M.lab:2,S $i.M.lab:2,; done
      done`)
    await sleep(100)
    const got = await lab.collect([box])
    await lab.host.exec(`touch ${stop}`)
    await running
    const folder = `${await lab.opened(got)}/${box.name}`
    expect(got.warnings.every(({ code }) => code === 'vanished')).toBe(true)
    const found = await numbersIn(folder)
    expect(new Set(found).size).toBe(found.length)
    expect(found.length + got.warnings.length).toBe(400)
  })

  test('those that were deleted meanwhile are named, those that were moved to another folder are there', async () => {
    const box = await lab.mailbox(`mkdir -p .Old/cur; ${messages}`)
    const change = `cd ${box.path}; for i in $(seq 150); do mv cur/$i.M.lab:2, .Old/cur/$i.M.lab:2,S; done
      for i in $(seq 151 300); do rm cur/$i.M.lab:2,; done`
    const got = await lab.collect([box], { during: ['files-tar', () => lab.host.exec(change)] })
    const folder = `${await lab.opened(got)}/${box.name}`
    const found = await numbersIn(folder)
    const lost = numbers(1, 400).filter((number) => !found.includes(number))
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.every((number) => Number(number) > 150 && Number(number) <= 300)).toBe(true)
    expect(warnedOf(got)).toEqual(
      lost.map((number) => `vanished mail/box.test/${box.name}/cur/${number}.M.lab:2,`).sort(),
    )
  })
})

describe('mailboxes that cannot be read', () => {
  test('one that is not there, and one whose tar was killed, are named; the others are there', async () => {
    const first = await lab.mailbox(bigMessage)
    const second = await lab.mailbox('mkdir cur new; echo good >cur/1:2,')
    const gone = { ...second, name: 'gone', path: '/var/vmail/box.test/gone' }
    const got = await lab.collect([first, gone, second], {
      during: ['files-tar', () => lab.host.exec('pkill -9 -x tar')],
    })
    expect(warnedOf(got).filter((line) => line.startsWith('mailbox-failed'))).toEqual([
      `mailbox-failed mail/box.test/${first.name}`,
      'mailbox-failed mail/box.test/gone',
    ])
    expect(got.components.map(({ name, status }) => `${name} ${status}`)).toEqual(['box.test warnings'])
    expect(got.components[0]?.gaps).toBeGreaterThan(1)
    const folder = await lab.opened(got)
    expect(await lab.output(`cat ${folder}/${second.name}/cur/1:2,`)).toBe('good\n')
  })

  test('one that its owner made a link shows no more than the owner may read', async () => {
    await lab.host
      .exec(`mkdir -m 700 -p /root/tree/cur; echo CANARY-51d >/root/tree/cur/1:2,; cp -r /root/tree /root/tree2
      chmod 755 /root/tree2 /root/tree2/cur; chmod 600 /root/tree2/cur/*; cp -r /root/tree2 /srv/tree2`)
    const folder = await lab.mailbox(
      'mkdir cur; echo good >cur/1:2,; ln -s /root/tree/cur new; ln -s /root/tree .Link',
    )
    const names = ['/root/tree', '/srv/tree2', '/srv/tree2/cur/1:2,']
    const links: SourceMailbox[] = []
    for (const [at, target] of names.entries()) {
      const path = `/var/vmail/box.test/link${at}`
      await lab.host.exec('chown 5000:5000 /var/vmail/box.test')
      await lab.host.exec(`ln -s '${target}' ${path}`, { user: 'vmail' })
      links.push({ ...folder, name: `link${at}`, path })
    }
    const got = await lab.collect([...links, folder])
    expect(warnedOf(got)).toContain('mailbox-failed mail/box.test/link0')
    expect(warnedOf(got)).toContain('other-owner-skipped mail/box.test/link1/cur/1:2,')
    const opened = await lab.opened(got)
    expect(await lab.output(`grep -rl CANARY ${opened}; ls -d ${opened}/${folder.name}/.Link; :`)).toBe(
      `${opened}/${folder.name}/.Link\n`,
    )
  })

  test('a domain of which nothing could be read is missing', async () => {
    const got = await lab.collect([
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
    expect(warnedOf(got)).toEqual(['mailbox-failed mail/gone.test/x'])
    expect(got.components[0]?.status).toBe('missing')
  })
})
