import { expect, test } from 'vitest'
import { localShell } from './fixture.ts'

const { signal } = new AbortController()

test('a script that printed END but did not exit with 0 has failed', async () => {
  const late = `printf 'payload\\n@@%s END\\n' "$hf_nonce"\nhf_ended=1\nexit 3\n`
  await using shell = await localShell({ late })
  await expect(shell.run('late', { signal })).rejects.toMatchObject({
    code: 'remote-failed',
    details: { code: 3 },
  })
})
