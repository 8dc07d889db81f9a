import { startHost, type LabHost } from '../lab/lab.ts'
import { measureBackup } from './measure-backup.ts'
import type { BenchOptions, Outcome } from './outcome.ts'
import { table, targetRows } from './print.ts'
import { atMost } from './targets.ts'

const gigabyte = 2 ** 30

/** Accounts that are made for this benchmark, each in a fresh server that is thrown away. */
const accounts = {
  /** Sparse, with a stretch of random bytes in each file, so that something goes into the archive. */
  '2 GB': (host: LabHost) => makeFiles(host, { files: 2, bytes: gigabyte }),
  '20 GB': (host: LabHost) => makeFiles(host, { files: 20, bytes: gigabyte }),
  '500,000 files': (host: LabHost) => makeEntries(host, 500_000),
} as const

type AccountName = keyof typeof accounts

async function makeFiles(
  host: LabHost,
  { files, bytes }: { readonly files: number; readonly bytes: number },
): Promise<void> {
  await host.exec(`cd /home/subject && for number in $(seq ${files}); do
    truncate -s ${bytes} "big-$number"
    dd if=/dev/urandom of="big-$number" bs=1M count=16 seek=512 conv=notrunc status=none
  done`)
}

async function makeEntries(host: LabHost, count: number): Promise<void> {
  await host.exec(
    `cd /home/subject && perl -e 'for my $n (0 .. ${count} - 1) {
      mkdir sprintf "folder-%05d", $n / 100 if $n % 100 == 0;
      open my $file, ">", sprintf "folder-%05d/some-file-of-a-site-%06d.php", $n / 100, $n or die $!;
      print $file "<?php return $n;\\n";
    }'`,
  )
}

async function peakOf(name: AccountName, { folder, say }: BenchOptions): Promise<number> {
  say(`an account of ${name}`)
  await using host = await startHost()
  await host.exec('useradd -m -s /bin/bash subject')
  await accounts[name](host)
  await host.exec('chown -R subject: /home/subject')
  const { verified } = await measureBackup({ host, account: 'subject', folder })
  return verified.peakBytes
}

/** How the memory of a backup grows with the bytes and the entries of an account, the reading back included. */
export async function memory(options: BenchOptions): Promise<Outcome> {
  const small = await peakOf('2 GB', options)
  const large = await peakOf('20 GB', options)
  const many = await peakOf('500,000 files', options)
  const targets = [
    atMost('MiB with 20 GB', 300, large / 2 ** 20),
    atMost('of 2 GB, with 20 GB', 1.1, large / small),
    atMost('bytes an entry more than 2 GB in 2 files, with 500,000', 200, (many - small) / 500_000),
  ]
  const row = (name: AccountName, bytes: number) => [name, `${(bytes / 2 ** 20).toFixed(0)} MiB`]
  return {
    figures: { memory: { peakBytes2GB: small, peakBytes20GB: large, peakBytes500000Files: many } },
    targets,
    text: [
      'The most memory that one backup has resident',
      '',
      table([row('2 GB', small), row('20 GB', large), row('500,000 files', many)]),
      '',
      table(targetRows(targets)),
    ].join('\n'),
  }
}
