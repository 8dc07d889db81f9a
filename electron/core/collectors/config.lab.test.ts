import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { describeTree, labAccount, leftoversOn, openArchive } from '../../../e2e/lab/tree.ts'
import { configCollector } from './config.ts'
import { collectAlone, describeCollector, type Subject } from './conformance.ts'

const live = '/etc/letsencrypt/live/alice.example'
const archived = '/etc/letsencrypt/archive/alice.example'
const sites = '/etc/nginx'
const alices = [
  '/etc/cron.d/alice-report',
  `${live}/fullchain.pem`,
  `${live}/privkey.pem`,
  `${sites}/sites-available/alice-shop.conf`,
  `${sites}/sites-available/alice.conf`,
  '/etc/php/8.2/fpm/pool.d/alice.conf',
]
/** With the links that lead to them, and what those lead to. */
const whole = [
  ...alices,
  `${archived}/fullchain1.pem`,
  `${archived}/privkey1.pem`,
  `${sites}/sites-enabled/alice-shop.conf`,
  `${sites}/sites-enabled/alice.conf`,
]

describe('the config collector', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  })
  afterAll(() => host[Symbol.asyncDispose]())

  const collect = async (configFiles: readonly string[], rest: Partial<Subject> = {}) => {
    await using login = await logIn(host, 'root')
    const source = labAccount({ name: 'alice', configFiles: [...configFiles] })
    return await collectAlone(configCollector, { ...login, source, ...rest })
  }
  const stored = async (archive: Buffer) => {
    const folder = await openArchive(host, archive)
    const { stdout } = await host.exec(`cd ${folder}; [ ! -d config ] || find config ! -type d | sort`)
    return stdout.split('\n').filter((line) => line !== '')
  }

  describe.each([
    ['root', {}],
    ['deploy', { sudo: 'without password' }],
    ['ops', { sudo: { password: 'pw-ops' } }],
  ] as const)('with a login as %s', (user, options) => {
    /** Everything of `whole` and the folders on the way there, in a tree of which nothing else counts. */
    const kept = async (folder: string) => {
      const folders = whole.flatMap((path) =>
        path.split('/').map((_part, at, parts) => parts.slice(1, at + 1).join('/')),
      )
      const names = [...new Set([...folders, ...whole.map((path) => path.slice(1))])].filter(Boolean)
      const found = ['cron.d', 'letsencrypt', 'nginx', 'php'].map((top) =>
        describeTree(host, `${folder}/etc/${top}`),
      )
      const trees = await Promise.all(found)
      return new Map(
        trees.flatMap((tree, at) => {
          const top = ['cron.d', 'letsencrypt', 'nginx', 'php'][at] ?? ''
          return [...tree]
            .map(([name, facts]) => [`etc/${top}/${name}`, facts] as const)
            .filter(([name]) => names.includes(name))
        }),
      )
    }
    describeCollector({
      collector: configCollector,
      subject: async () => ({
        ...(await logIn(host, user, options)),
        source: labAccount({ name: 'alice', configFiles: alices }),
      }),
      live: () => kept(''),
      stored: async (archive) => kept(`${await openArchive(host, archive)}/config`),
      gaps: [],
      leftovers: () => leftoversOn(host),
    })
  })

  test('nothing else is stored, and the links still lead to their files', async () => {
    const { archive, components } = await collect(alices)
    expect(await stored(archive)).toEqual(whole.map((path) => `config${path}`).sort())
    expect(components[0]?.detail['files']).toHaveLength(whole.length)
    const read = `cat /var/tmp/opened/config${live}/privkey.pem /var/tmp/opened/config${sites}/sites-enabled/../sites-available/alice.conf`
    const { stdout } = await host.exec(read)
    expect(stdout).toContain('PRIVATE KEY-----')
    expect(stdout).toContain('server_name alice.example')
  })

  test('private keys are left out with the other credentials, whatever file they stand in', async () => {
    await host.exec(`cat ${archived}/*.pem >/etc/ssl/both.pem`)
    const { archive, skipped } = await collect([...alices, '/etc/ssl/both.pem'], { credentials: false })
    const why = 'a private key, left out as other credentials are'
    expect(skipped).toEqual([
      { path: `${live}/privkey.pem`, why },
      { path: '/etc/ssl/both.pem', why },
    ])
    const names = await stored(archive)
    expect(names).toContain(`config${archived}/fullchain1.pem`)
    expect(names.filter((name) => name.includes('priv') || name.includes('both'))).toEqual([])
    expect((await host.exec('grep -rl "PRIVATE KEY" /var/tmp/opened; :')).stdout).toBe('')
  })

  test('what others than root may change, or what leads away, is listed and not read', async () => {
    await host.exec(`cd /etc/nginx; mkdir -m 777 open; echo x >open/site; mkdir alices; echo x >alices/site; chown -R alice alices
      echo x >writable; chmod 666 writable; ln -s /etc/shadow alices/key; ln -s /etc/nginx/alices/key by-alice
      ln -s /home/alice/note away; ln -s loop loop; mkfifo pipe; mkdir folder; echo ok >'two words'; ln -s 'two words' good
      install -o root -g www-data -m 664 /dev/null group-writable; install -m 664 /dev/null roots-group`)
    const at = (name: string) => `/etc/nginx/${name}`
    const names = [
      'open/site',
      'alices/site',
      'alices/key',
      'writable',
      'by-alice',
      'away',
      'loop',
      'pipe',
      'folder',
    ]
    const more = ['gone', 'group-writable', 'roots-group', 'good', '../nginx/./good', '-rf']
    const odd = [
      '/root/.ssh/authorized_keys',
      '/home/alice/public_html/index.php',
      'relative',
      '/',
      '/etc/$(touch /tmp/x)',
    ]
    const { archive, skipped } = await collect([...[...names, ...more].map(at), ...odd])
    expect(await stored(archive)).toEqual(
      ['good', 'roots-group', 'two words'].map((name) => `config${at(name)}`),
    )
    const why = Object.fromEntries(skipped.map((item) => [item.path.replace('/etc/nginx/', ''), item.why]))
    expect(why).toEqual({
      'open/site': 'the folder /etc/nginx/open can be changed by others than root',
      'alices/site': 'the folder /etc/nginx/alices can be changed by others than root',
      'alices/key': 'the folder /etc/nginx/alices can be changed by others than root',
      writable: 'can be changed by others than root',
      'by-alice': 'the folder /etc/nginx/alices can be changed by others than root',
      away: 'the folder /home/alice can be changed by others than root',
      loop: 'is a link that leads out of the configuration folders, or in circles',
      pipe: 'is not a regular file',
      folder: 'is not a regular file',
      gone: 'is not there',
      'group-writable': 'can be changed by others than root',
      '-rf': 'is not there',
      '/root/.ssh/authorized_keys': 'does not lie in a configuration folder',
      '/home/alice/public_html/index.php': 'the folder /home/alice can be changed by others than root',
      relative: 'is not an absolute path',
      '/': 'does not lie in a configuration folder',
      '/etc/$(touch /tmp/x)': 'is not there',
    })
    expect((await host.exec('ls /tmp')).stdout).toBe('')
  })

  test('a plain login has none, for only root may say what is the server’s own', async () => {
    await using login = await logIn(host, 'alice')
    const source = labAccount({ name: 'alice', configFiles: alices })
    expect((await collectAlone(configCollector, { ...login, source })).components).toEqual([])
  })
})
