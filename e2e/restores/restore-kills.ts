import { setTimeout as sleep } from 'node:timers/promises'
import { LabProduct } from '../faults/lab-product.ts'
import { describeMysql } from '../lab/databases.ts'
import { different } from '../lab/different.ts'
import { describeTree } from '../lab/tree.ts'

/** Turns what was backed up into something else, in each part of the account. */
const change = `cd /home/amy || exit
  rm -rf site/a new; echo changed >site/b/2; mkdir new; echo new >new/file; chmod 700 site/b; ln -sfn elsewhere link
  rm -f Maildir/cur/1.*; echo 'Subject: other' >Maildir/cur/9.M9P9.lab:2,; chown -Rh amy: site new link Maildir
  mariadb -e "DROP TABLE IF EXISTS amy_db.t1; CREATE OR REPLACE TABLE amy_db.extra (a INT); UPDATE amy_db.t2 SET s = 'x'; CREATE OR REPLACE PROCEDURE amy_db.p() SELECT 2"
  echo '7 7 1 1 * /bin/false' | crontab -u amy -
  touch -hd 2026-01-02 link; touch -d 2026-01-02 site site/b site/b/2 new new/file Maildir Maildir/cur Maildir/cur/9.M9P9.lab:2, .`

const prepare = `echo fedcba9876543210fedcba9876543210 >/etc/machine-id; useradd -m amy; cd /home/amy; mkdir -p site/a site/b Maildir/cur Maildir/new Maildir/tmp
  for n in $(seq 60); do echo "$n" >site/a/$n; echo "$n" >site/b/$n; echo "Subject: $n" >Maildir/cur/$n.M1P1.lab:2,S; done
  head -c 5M /dev/urandom >site/noise; ln -s site link; chown -Rh amy: .
  mariadb -e "CREATE DATABASE amy_db; CREATE USER amy@localhost; GRANT ALL ON \\\`amy\\_%\\\`.* TO amy@localhost"
  for n in 1 2 3; do mariadb -e "CREATE TABLE amy_db.t$n (n INT PRIMARY KEY, s TEXT) SELECT seq AS n, REPEAT(MD5(seq), 20) AS s FROM seq_1_to_2000"; done
  mariadb -e "CREATE DEFINER=amy@localhost PROCEDURE amy_db.p() SELECT 1; CREATE DEFINER=amy@localhost TRIGGER amy_db.g BEFORE INSERT ON amy_db.t2 FOR EACH ROW SET NEW.n = NEW.n; CREATE DEFINER=amy@localhost VIEW amy_db.v AS SELECT n FROM amy_db.t3"
  printf '5 5 1 1 * /bin/true\\n' | crontab -u amy -`

type State = ReadonlyMap<string, string>

/** Everything of the account. */
async function stateOf({ host }: LabProduct): Promise<State> {
  const parts = [await describeTree(host, '/home/amy'), await describeMysql(host, ['amy_db'])]
  const crontab = await host.exec('crontab -u amy -l', { anyCode: true })
  return new Map([...parts.flatMap((part) => [...part]), ['crontab', crontab.stdout]])
}

function requireSame(now: State, wanted: State, what: string): void {
  const found = different(wanted, now)
  if (found.length > 0) throw new Error(`${what}: ${JSON.stringify(found).slice(0, 4000)}`)
}

/** A server whose account `amy` has files, mail, a database and a crontab, and a backup of it, at the end of a slow line. */
export async function startRestorable(): Promise<LabProduct> {
  const lab = await LabProduct.start({ without: ['postgres', 'dovecot'] }, prepare)
  const { code, stderr } = await lab.holdfast.run(['backup', 'lab/amy'])
  if (code !== 0) throw new Error(`The backup ended with ${String(code)}: ${stderr}`)
  await lab.host.slow('40mbit')
  return lab
}

/** What came of restores that were killed, each looked at by the next start. */
export interface RestoreKills {
  readonly kills: number
  /** Named by the next start where they were unfinished, and not any more when that was dealt with. */
  readonly told: number
  readonly goneOn: number
  readonly takenBack: number
  /** Killed before anything at the target was changed, or after everything was done. */
  readonly outside: number
  /** Times that the account was, byte for byte, as before or as after. */
  readonly whole: number
  /** Folders, databases and users of ours that were left on the server. */
  readonly leftBehind: number
}

const remains = `find / -xdev -name '.holdfast*' -not -path '/proc/*' | wc -l
  mariadb -NBe "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME RLIKE '^(hf|ho|holdfast)_'; SELECT COUNT(*) FROM mysql.user WHERE User RLIKE '^(hf|holdfast)_'"`

/** The restore that is killed. */
export const restoreArgs = ['restore', 'lab/amy@latest', '--to', 'lab/amy', '--confirm', 'amy']

/** The restore that the next start says is unfinished; null where it says nothing of any. */
export async function toldOf({ holdfast }: LabProduct): Promise<string | null> {
  const { stderr } = await holdfast.run(['jobs'])
  const [, resume] = /interrupted in the middle.*holdfast restore resume (\S+),/.exec(stderr) ?? []
  const [, committing] = /done and checked.*holdfast restore resume (\S+)/.exec(stderr) ?? []
  return resume ?? committing ?? null
}

/** Kills one restore after the other; every second one that is unfinished is gone on with, the others are taken back. */
export async function killRestores(lab: LabProduct, points: readonly number[]): Promise<RestoreKills> {
  const after = await stateOf(lab)
  await lab.host.exec(change)
  const before = await stateOf(lab)
  const result = { kills: 0, told: 0, goneOn: 0, takenBack: 0, outside: 0, whole: 0, leftBehind: 0 }
  const undisturbed = await lab.until(/"phase":"preparing/, ...restoreArgs)
  const start = performance.now()
  await undisturbed.ended
  const span = performance.now() - start
  requireSame(await stateOf(lab), after, 'A whole restore is not what was backed up')
  for (const point of points) {
    await lab.host.exec(change)
    requireSame(await stateOf(lab), before, 'The change is not the same each time')
    const running = await lab.until(/"phase":"preparing/, ...restoreArgs)
    await sleep(point * span)
    running.child.kill('SIGKILL')
    await running.ended
    result.kills += 1
    const open = await toldOf(lab)
    const wanted = open === null || result.kills % 2 === 1 ? 'resume' : 'rollback'
    let state = [before, after]
    if (open === null) result.outside += 1
    else {
      let { code } = await lab.holdfast.run(['restore', wanted, open])
      const isGoneOn = wanted === 'resume' || code === 5
      // What is done and checked already is only cleared up after.
      if (wanted === 'rollback' && code === 5)
        ({ code } = await lab.holdfast.run(['restore', 'resume', open]))
      if (code === 0) result[isGoneOn ? 'goneOn' : 'takenBack'] += 1
      state = [isGoneOn ? after : before]
    }
    if (open === null || (await toldOf(lab)) === null) result.told += 1
    const now = await stateOf(lab)
    if (state.some((one) => different(one, now).length === 0)) result.whole += 1
    const { stdout } = await lab.host.exec(remains)
    result.leftBehind += stdout
      .trim()
      .split('\n')
      .reduce((sum, count) => sum + Number(count), 0)
  }
  return result
}
