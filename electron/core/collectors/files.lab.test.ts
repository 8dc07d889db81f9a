import { afterAll, beforeAll, describe } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { describeCollector } from './conformance.ts'
import { filesCollector } from './files.ts'
import { describeTree, labAccount, leftoversOn, openArchive } from '../../../e2e/lab/tree.ts'

describe('the files collector', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  })
  afterAll(() => host[Symbol.asyncDispose]())

  const mailbox = {
    domain: null,
    name: 'alice',
    path: '/home/alice/Maildir',
    uid: 1000,
    gid: 1000,
    insideHome: true,
    evidence: [],
  }

  describe.each([
    ['root', {}, []],
    ['ops', { sudo: { password: 'pw-ops' } }, ['*.img', 'data/random.bin']],
  ] as const)('with a login as %s', (user, options, exclude) => {
    describeCollector({
      collector: filesCollector,
      subject: async () => {
        const login = await logIn(host, user, options)
        return { ...login, exclude, source: labAccount({ name: 'alice', mailboxes: [mailbox] }) }
      },
      live: () => {
        const left = exclude.length > 0 ? '-name *.img -o -path ./data/random.bin' : '-false'
        return describeTree(host, '/home/alice', `-path ./Maildir -o -type p -o ${left}`)
      },
      stored: async (archive) => describeTree(host, `${await openArchive(host, archive)}/files`),
      gaps: ['special-file files/data/fifo'],
      leftovers: () => leftoversOn(host),
    })
  })

  describe('with a login as the account itself', () => {
    describeCollector({
      collector: filesCollector,
      subject: async () => {
        return { ...(await logIn(host, 'alice')), exclude: ['*.img'], source: labAccount({ name: 'alice' }) }
      },
      live: () => {
        const hidden = '-type p -o -name *.img -o -path ./data/unreadable -o -path "*/cache/private"'
        return describeTree(host, '/home/alice', hidden)
      },
      stored: async (archive) => describeTree(host, `${await openArchive(host, archive)}/files`),
      gaps: [
        'special-file files/data/fifo',
        'unreadable files/data/unreadable',
        'unreadable files/public_html/wp-content/cache/private',
      ],
      leftovers: () => leftoversOn(host),
    })
  })
})
