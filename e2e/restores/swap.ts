import { setTimeout as sleep } from 'node:timers/promises'
import { LabProduct } from '../faults/lab-product.ts'

const args = ['restore', 'lab/amy@latest', '--to', 'lab/amy', '--scope', 'databases', '--confirm', 'amy']

const names = (tables: number) => Array.from({ length: tables }, (_, at) => `t${at + 1}`)

async function sql({ host }: LabProduct, text: string): Promise<string> {
  return (await host.exec('mariadb -NB amy_db', { input: Buffer.from(text) })).stdout
}

/** A server whose account `amy` has a database of so many tables, and a backup of it in which every row says `then`. */
export async function startSwappable(tables: number): Promise<LabProduct> {
  const lab = await LabProduct.start(
    { without: ['postgres', 'dovecot', 'cron'] },
    `useradd -m amy; mariadb -e "CREATE DATABASE amy_db; CREATE USER amy@localhost IDENTIFIED BY 'db-amy'; GRANT ALL ON \\\`amy\\_%\\\`.* TO amy@localhost"`,
  )
  const table = (name: string) =>
    `CREATE TABLE ${name} (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(9)); INSERT INTO ${name} (v) VALUES ('then'), ('then');`
  await sql(lab, names(tables).map(table).join('\n'))
  const { code, stderr } = await lab.holdfast.run(['backup', 'lab/amy', '--scope', 'databases'])
  if (code !== 0) throw new Error(`The backup ended with ${String(code)}: ${stderr}`)
  return lab
}

/** Makes every row say `now`. */
const change = (lab: LabProduct, tables: number) =>
  sql(
    lab,
    names(tables)
      .map((name) => `UPDATE ${name} SET v = 'now';`)
      .join('\n'),
  )

/** What all tables say: `then`, `now`, or a word for neither. */
async function wordOf(lab: LabProduct, tables: number): Promise<string> {
  const rows = names(tables).map((name) => `SELECT DISTINCT v FROM ${name}`)
  const said = await sql(lab, `${rows.join(' UNION ')};`)
  return said.trim().split('\n').join(' and ')
}

/** Restores the database while three clients read and write all of its tables; how often these saw an error. */
export async function swapUnderLoad(
  lab: LabProduct,
  tables: number,
): Promise<{ rounds: number; errors: number }> {
  await change(lab, tables)
  const load = names(tables).map(
    (name) => `SELECT COUNT(*) FROM ${name}; UPDATE ${name} SET v = v WHERE id = 1;`,
  )
  await lab.host.exec('cat >/tmp/load.sql; rm -f /tmp/stop /tmp/errors /tmp/rounds', {
    input: Buffer.from(load.join('\n')),
  })
  const client = `while [ ! -e /tmp/stop ]; do
    mariadb --force -uamy -pdb-amy amy_db </tmp/load.sql >/dev/null 2>>/tmp/errors; echo x >>/tmp/rounds; done`
  const clients = lab.host.exec(`for n in 1 2 3; do (${client}) & done; wait`)
  const { code, stdout, stderr } = await lab.holdfast.run(args)
  await lab.host.exec('touch /tmp/stop')
  await clients
  if (code !== 0) throw new Error(`The restore ended with ${String(code)}: ${stdout}${stderr}`)
  if ((await wordOf(lab, tables)) !== 'then') throw new Error('The tables are not those of the backup.')
  const counted = await lab.host.exec('wc -l </tmp/rounds; wc -l </tmp/errors')
  const [rounds = 0, errors = 0] = counted.stdout.trim().split('\n').map(Number)
  return { rounds, errors }
}

/** What came of swaps in the middle of which the database server was killed. */
export interface SwapKills {
  readonly kills: number
  /** All tables as before, or all as after, when the server was started again. */
  readonly allOld: number
  readonly allNew: number
  /** Gone on with, or taken back, afterwards, with the tables that belong to that. */
  readonly ended: number
  /** Databases and users of ours that stayed. */
  readonly leftBehind: number
}

const killed = `until ls /var/lib/mysql/ho_*/*.ibd >/dev/null 2>&1; do sleep 0.002; done`
const restart = 'setsid mariadbd --user=mysql </dev/null >/dev/null 2>&1 & mariadb-admin --wait=30 ping'
const remains = `SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME RLIKE '^h[fo]_';
  SELECT COUNT(*) FROM mysql.user WHERE User RLIKE '^hf_'`

/** Kills the database server in the middle of one swap after the other, at these milliseconds after it began. */
export async function killSwaps(
  lab: LabProduct,
  tables: number,
  after: readonly number[],
): Promise<SwapKills> {
  const result = { kills: 0, allOld: 0, allNew: 0, ended: 0, leftBehind: 0 }
  for (const milliseconds of after) {
    await change(lab, tables)
    const running = lab.holdfast.start(args)
    const kill = lab.host.exec(`${killed}; sleep ${milliseconds / 1000}; kill -9 $(pidof mariadbd)`)
    await kill
    const { code, stdout, stderr } = await running.ended
    await sleep(200)
    await lab.host.exec(restart)
    result.kills += 1
    const word = await wordOf(lab, tables)
    if (word === 'now') result.allOld += 1
    if (word === 'then') result.allNew += 1
    const isDone = code === 0 && word === 'then'
    if (isDone) result.ended += 1
    const [, job] = /restore rollback (\S+)/.exec(stdout + stderr) ?? []
    const verb = result.kills % 2 === 0 ? 'resume' : 'rollback'
    if (!isDone) {
      if (job === undefined) throw new Error(`It does not say how to take it back: ${stdout}${stderr}`)
      const ended = await lab.holdfast.run(['restore', verb, job])
      const wanted = verb === 'resume' ? 'then' : 'now'
      if (ended.code === 0 && (await wordOf(lab, tables)) === wanted) result.ended += 1
    }
    const counts = (await sql(lab, remains)).trim().split('\n')
    result.leftBehind += counts.reduce((sum, count) => sum + Number(count), 0)
  }
  return result
}
