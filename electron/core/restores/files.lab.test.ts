import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../e2e/faults/lab-product.ts'

let product: LabProduct
const shell = (command: string, user = 'root') => product.host.exec(command, { user })

/** Every entry of a folder with all that a restore must bring back. */
async function tree(folder: string, but = '-false'): Promise<string> {
  const find = `cd ${folder} && find . \\( ${but} \\) -prune -o`
  const { stdout } = await shell(
    `${find} -type d -printf '%p %y %m %U %G\\n' -o \\( ${but} \\) -o -printf '%p %y %m %U %G %T@ %s %l\\n' | sort
     ${find} -type f -print0 | sort -z | xargs -0 sha256sum
     getfacl -Rpn . 2>/dev/null | sha256sum; getfattr -Rdm - --absolute-names . 2>/dev/null | sha256sum`,
  )
  return stdout
}

async function restore(to: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await product.holdfast.run([
    ...['restore', 'lab/alice@latest', '--to', `lab/${to}`, '--scope', 'files', '--confirm', to, ...args],
  ])
  return { code, stdout, stderr, job: /- job: (\S+)/.exec(stdout)?.[1] ?? '' }
}

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'dovecot', 'mariadb'] }, 'true')
  await product.holdfast.run(['backup', 'lab/alice', '--scope', 'files', '--exclude', 'left-out'])
})

afterAll(() => product[Symbol.asyncDispose]())

describe('files only', () => {
  test('come back as they were, and what the backup could not hold stays', async () => {
    const before = await tree('/home/alice')
    await shell(
      'cd /home/alice && rm -rf public_html/wp-content && echo x >public_html/index.php && echo new >added',
    )
    const { code, stdout, stderr } = await restore('alice')
    expect([code, stdout, stderr]).toEqual([0, expect.any(String), expect.any(String)])
    expect(await tree('/home/alice')).toBe(before)
    expect((await shell('ls -A /home | grep -c holdfast || true')).stdout.trim()).toBe('0')
  })
})
