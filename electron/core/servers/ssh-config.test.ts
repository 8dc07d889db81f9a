import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasCode } from '../../../shared/errors.ts'
import { importSshConfig } from './ssh-config.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-home-'))
  await mkdir(join(home, '.ssh', 'conf.d'), { recursive: true })
})
afterEach(() => rm(home, { recursive: true }))

async function importing(config: string) {
  await writeFile(join(home, '.ssh', 'config'), config)
  return importSshConfig({ home, user: 'me' })
}

describe('an ssh_config', () => {
  it('gives a profile for each host that is named without wildcards', async () => {
    const { drafts, notes } = await importing(`
      Host web www
        HostName web.example
        Port 2222
        User deploy
        IdentityFile ~/.ssh/%h_key
      Host *.internal !x bare
        User root
      Host *
        User everyone
        IdentityFile ~/.ssh/id_default
    `)
    expect(notes).toEqual([])
    expect(drafts.map(({ alias }) => alias)).toEqual(['web', 'www', 'bare'])
    expect(drafts[0]).toEqual({
      alias: 'web',
      notes: [`Only the first key file is used; the others are: ${home}/.ssh/id_default.`],
      draft: {
        name: 'web',
        host: 'web.example',
        port: 2222,
        user: 'deploy',
        auth: { kind: 'key', path: `${home}/.ssh/web.example_key` },
        elevation: 'none',
        jump: null,
        rateMbit: null,
        legacyAlgorithms: false,
      },
    })
    expect(drafts[2]?.draft).toMatchObject({ host: 'bare', port: 22, user: 'root' })
  })

  it('uses the agent and the own name where it says nothing', async () => {
    const { drafts } = await importing('Host plain\n')
    expect(drafts[0]?.draft).toMatchObject({ user: 'me', auth: { kind: 'agent' }, host: 'plain' })
  })

  it('turns ProxyJump into a jump host where that is a host of the file, and else says what to do', async () => {
    const { drafts } = await importing(`
Host gate
  HostName gate.example
Host inner
  ProxyJump gate
Host deep
  ProxyJump gate,inner
Host far
  ProxyJump me@elsewhere:22
Host direct
  ProxyJump none
`)
    const byAlias = Object.fromEntries(
      drafts.map(({ alias, draft, notes }) => [alias, { jump: draft.jump, notes }]),
    )
    expect(byAlias).toMatchObject({
      gate: { jump: null, notes: [] },
      inner: { jump: 'gate', notes: [] },
      deep: { jump: 'inner' },
      far: { jump: null },
      direct: { jump: null, notes: [] },
    })
    expect(byAlias['deep']?.notes).toHaveLength(1)
    expect(byAlias['far']?.notes).toHaveLength(1)
  })

  it('never runs a program, and says what it left out', async () => {
    const canary = join(home, 'canary')
    const { drafts, notes } = await importing(`
CanonicalizeHostName yes
CanonicalDomains example.com
Host web
  ProxyCommand touch ${canary}
  ForwardAgent yes
  IdentityFile ~/%k
Match exec "touch ${canary}"
  User evil
`)
    expect(drafts).toHaveLength(1)
    expect(drafts[0]?.draft.user).toBe('me')
    expect(drafts[0]?.notes.join(' ')).toMatch(/%k.*ProxyCommand.*forwardagent/)
    expect(notes).toHaveLength(3)
    await expect(importSshConfig({ path: canary, home })).resolves.toEqual({ drafts: [], notes: [] })
  })

  it('skips a host whose values no profile can have', async () => {
    const { drafts, notes } = await importing('Host odd\n  HostName a b\nHost bad\n  Port ninety\nHost ok\n')
    expect(drafts.map(({ alias }) => alias)).toContain('ok')
    expect(drafts.map(({ alias }) => alias)).not.toContain('bad')
    expect(notes.join()).toContain('bad: skipped, because its port')
  })

  it('reads included files, and what follows them counts for every host again', async () => {
    await writeFile(join(home, '.ssh', 'conf.d', 'a'), 'Host one\n  Port 1001\n')
    await writeFile(join(home, '.ssh', 'conf.d', 'b'), 'Host two\n  Port 1002\n')
    const { drafts } = await importing('Include conf.d/*\nInclude "~/.ssh/none"\nUser all\nHost three\n')
    expect(drafts.map(({ alias, draft }) => [alias, draft.port, draft.user])).toEqual([
      ['one', 1001, 'all'],
      ['two', 1002, 'all'],
      ['three', 22, 'all'],
    ])
  })

  it('that includes itself ends', async () => {
    const { drafts, notes } = await importing('Include config\nHost loop\n')
    expect(drafts.map(({ alias }) => alias)).toEqual(['loop'])
    expect(notes).not.toEqual([])
  })

  it('that is missing has no hosts, and one that cannot be read or understood is an error', async () => {
    expect(await importSshConfig({ home })).toEqual({ drafts: [], notes: [] })
    await expect(importSshConfig({ path: home, home })).rejects.toSatisfy((error) =>
      hasCode(error, 'permission-denied'),
    )
  })
})
