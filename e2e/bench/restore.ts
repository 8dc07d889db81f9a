import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startHost, type LabHost } from '../lab/lab.ts'
import { median } from './cost.ts'
import { startProduct, type ProductReply } from './measured-product.ts'
import { feedServer } from './feed-server.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { table, targetRows } from './print.ts'
import { atLeast, atMost } from './targets.ts'

/** Restoring one small file out of a large archive, and a full account beside `tar xzf` and `mysql`. */
export async function restore(options: BenchOptions): Promise<Outcome> {
  const item = await restoreItem(options)
  const full = await restoreAccount(options)
  const targets = [
    atMost('MB read for one file of 10 kB', 12, item.readBytes / 1e6),
    atMost('seconds from the confirmation to its report', 2, item.wallSeconds),
    atLeast("of the pipes' speed, full account", 1, full.pipes / full.holdfast),
  ]
  return {
    figures: {
      restoreItem: { ...item, runs: options.runs },
      restoreAccount: { ...full, runs: options.runs },
    },
    targets,
    text: [
      `Restores on a server of the lab; medians of ${options.runs}`,
      '',
      table(targetRows(targets)),
    ].join('\n'),
  }
}

async function restoreItem({ account, runs, folder, say }: BenchOptions) {
  await using host = await startHost()
  const files = account === 'big' ? 5000 : 250
  say(`an account of ${files / 1000} GB`)
  await host.exec(`useradd -m -s /bin/bash subject && cd /home/subject && mkdir -p site/uploads site/data &&
    for number in $(seq ${files}); do head -c 1000000 /dev/urandom >site/uploads/$number.jpg; done
    head -c 10000 /dev/urandom >site/data/settings && chown -R subject: .`)
  await using product = await startProduct(host, folder)
  const { backup } = await product.run({ do: 'backup', account: 'subject' })
  const replies: ProductReply[] = []
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}: one file`)
    await host.exec('echo wrong >/home/subject/site/data/settings')
    replies.push(
      await product.run({ do: 'restore', account: 'subject', backup, items: ['files/site/data/settings'] }),
    )
  }
  return {
    readBytes: median(replies.map(({ whole }) => whole.readBytes)),
    wallSeconds: median(replies.map(({ applied }) => applied?.wallSeconds ?? Infinity)),
    withPlanSeconds: median(replies.map(({ whole }) => whole.wallSeconds)),
  }
}

/** About 200 bytes a row, as a shop has them. */
const shop = (account: string, rows: number) => `
  CREATE DATABASE ${account}_shop CHARACTER SET utf8mb4; USE ${account}_shop;
  CREATE TABLE orders (id INT PRIMARY KEY, customer INT NOT NULL, email VARCHAR(80) NOT NULL, total DECIMAL(10,2) NOT NULL,
    note TEXT NOT NULL, KEY (customer), KEY (email)) ENGINE=InnoDB;
  INSERT INTO orders SELECT seq, seq * 7919 % 50000, CONCAT('customer', seq * 31 % 90000, '@example.org'), seq % 50000 / 100,
    CONCAT(MD5(seq), ' ', MD5(seq + 1), ' ', MD5(seq + 2), ' ', MD5(seq + 3)) FROM seq_1_to_${rows};`

async function restoreAccount({ account, runs, folder, say }: BenchOptions) {
  await using host = await startHost({ layer: 'bench' })
  await host.exec(`mysql <<'E'
${shop(account, account === 'big' ? 1_000_000 : 50_000)}
CREATE USER ${account}@localhost IDENTIFIED BY 'pw'; GRANT ALL ON ${account}_shop.* TO ${account}@localhost;
E`)
  await using product = await startProduct(host, folder)
  const { backup } = await product.run({ do: 'backup', account })
  const names = await readdir(product.backupFolder, { recursive: true })
  const archive = join(product.backupFolder, names.find((name) => name.endsWith('.tar.gz')) ?? '')
  const home = (await host.exec(`echo ~${account}`)).stdout.trim()
  const pipes: number[] = []
  const restores: number[] = []
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}: tar xzf and mysql`)
    pipes.push(await unpack(host, { account, archive, folder, home }))
    say(`run ${run} of ${runs}: Holdfast`)
    await empty(host, { account, home })
    const { applied } = await product.run({ do: 'restore', account, backup, items: [] })
    restores.push(applied?.wallSeconds ?? Infinity)
  }
  return { pipes: median(pipes), holdfast: median(restores) }
}

/** As a server is where everything of an account is gone, but the account. */
async function empty(
  host: LabHost,
  { account, home }: { readonly account: string; readonly home: string },
): Promise<void> {
  await host.exec(`find ${home} -mindepth 1 -delete; sync
    mysql -e "DROP TABLE IF EXISTS ${account}_shop.orders; CREATE DATABASE IF NOT EXISTS ${account}_shop CHARACTER SET utf8mb4"`)
}

/** `ssh host 'tar xzf -' <archive`, then `ssh host 'mysql DATABASE' <dump`, the dump out of the same archive before. */
async function unpack(
  host: LabHost,
  {
    account,
    archive,
    folder,
    home,
  }: { readonly account: string; readonly archive: string; readonly folder: string; readonly home: string },
): Promise<number> {
  await empty(host, { account, home })
  const dump = `databases/mysql/${account}_shop.sql`
  execFileSync('tar', ['-xzf', archive, '-C', folder, dump])
  const began = performance.now()
  await feedServer(host, `tar -xzf - -C ${home}`, archive)
  await feedServer(host, `mysql ${account}_shop`, join(folder, dump))
  return (performance.now() - began) / 1000
}
