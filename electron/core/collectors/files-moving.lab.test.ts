import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bigFile, FilesLab, named } from '../../../e2e/lab/files-lab.ts'

let lab: FilesLab
beforeAll(async () => {
  lab = await FilesLab.start()
})
afterAll(() => lab[Symbol.asyncDispose]())

describe('files that do not hold still', () => {
  test('one that grows while it is read is kept as it was read last, with a warning', async () => {
    const source = await lab.account(bigFile)
    const file = `/home/${source.name}/big`
    const got = await lab.collect(source, { always: () => lab.host.exec(`echo more >>${file}`) })
    expect(named(got)).toEqual(['moved files/big'])
    expect(got.components[0]?.status).toBe('warnings')
    const kept = `${await lab.open(got)}/big`
    await lab.host.exec(`cmp -n $(stat -c %s ${kept}) ${kept} ${file}`)
    expect(await lab.output(`tail -c 10 ${kept}`)).toBe('more\nmore\n')
  })

  test('one that became shorter is read again, and nothing is padded', async () => {
    const source = await lab.account(bigFile)
    const file = `/home/${source.name}/big`
    const got = await lab.collect(source, {
      during: ['files-tar', () => lab.host.exec(`truncate -s 1M ${file}`)],
    })
    expect(named(got)).toEqual([])
    await lab.host.exec(`cmp ${await lab.open(got)}/big ${file}`)
  })

  test('one that never stops becoming shorter is named as padded', async () => {
    const source = await lab.account(bigFile)
    const file = `/home/${source.name}/big`
    const got = await lab.collect(source, { always: () => lab.host.exec(`truncate -s -4M ${file}`) })
    expect(named(got)).toEqual(['padded files/big'])
  })

  test('those that went, were renamed or closed in between are looked for again', async () => {
    const source = await lab.account(
      `mkdir m; cd m; ${bigFile}; for i in $(seq 400); do echo $i >gone$i; echo $i >new$i; echo $i >shut$i; done; echo 401 >new401`,
    )
    const change = `cd /home/${source.name}/m
      rm gone*; for i in $(seq 400); do mv new$i cur$i; done; mv new401 'cur\n401'
      chown www-data:www-data shut*; chmod 600 shut*`
    const got = await lab.collect(source, { during: ['files-tar', () => lab.host.exec(change)] })
    expect(new Set(got.warnings.map(({ code }) => code))).toEqual(new Set(['vanished']))
    await lab.host.exec(`set -e; cd ${await lab.open(got)}/m; mv 'cur\n401' cur401 || :
      for i in $(seq 401); do cat cur$i new$i 2>/dev/null | grep -qx $i; done
      for i in $(seq 400); do grep -qx $i shut$i; done
      [ -n "$(find . -name 'shut*' -user www-data)" ]`)
  })

  test('a tar that is killed fails the component, and says so', async () => {
    const source = await lab.account(bigFile)
    const got = await lab.collect(source, { during: ['files-tar', () => lab.host.exec('pkill -9 -x tar')] })
    expect(got.components[0]?.status).toBe('missing')
    const failure = got.warnings.find(({ code }) => code === 'component-failed')
    expect(failure?.note).toContain('137')
  })

  test('a second pass that is killed spoils nothing else', async () => {
    const source = await lab.account('echo mine >mine', 'head -c 40M /dev/urandom >theirs; chmod 600 theirs')
    const got = await lab.collect(source, { during: ['files-owned', () => lab.host.exec('pkill -9 -x tar')] })
    expect(new Set(got.warnings.map(({ code }) => code))).toContain('component-failed')
    expect(await lab.output(`cat ${await lab.open(got)}/mine`)).toBe('mine\n')
  })
})
