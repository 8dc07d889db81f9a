/** Where it lies at every destination. */
export const readmeKey = 'README.txt'

/** Tells whoever finds the folder in twenty years what it is and how to do without Holdfast. Plain ASCII. */
export const readmeText = `These are backups of accounts on Linux servers, made by Holdfast.
You do not need Holdfast to open them: tar, gzip and the database's own client are enough.

WHAT LIES HERE

  <server>/accounts/<account>/<account>_<date>.tar.gz          the backup itself
  <server>/accounts/<account>/<account>_<date>.manifest.json   what it holds, and its checksum; a backup without
                                                               this file was never finished
  <server>/accounts/<account>/<account>_<date>.index.gz        a list of its files, for Holdfast
  <server>/accounts/<account>/<account>_<date>.state.json      pins and later checks, for Holdfast

Files that end in .partial or .claim, or in .claim- and 8 letters, are uploads that were not finished.
The hidden file .holdfast-destination, where there is one, tells Holdfast that this is the right folder. Please leave it.

OPEN A BACKUP

  tar tzf alice_2026-04-08.tar.gz                     list what is in it
  mkdir out && tar xzf alice_2026-04-08.tar.gz -C out  extract everything; as an ordinary user, into an empty folder
  tar xzf alice_2026-04-08.tar.gz files/public_html   extract one folder

Compare the SHA-256 in the manifest (archive.sha256) with:

  sha256sum alice_2026-04-08.tar.gz

A name that ends in .age is encrypted (https://age-encryption.org; Debian and Homebrew have it as age). Put the key
from the recovery sheet, AGE-SECRET-KEY-1 and all, into the file your-key.txt, then:

  age -d -i your-key.txt alice_2026-04-08.tar.gz.age | tar tz                     list what is in it
  mkdir out && age -d -i your-key.txt alice_2026-04-08.tar.gz.age | tar xz -C out  extract everything

Where age says that something is wrong, what came out before is not whole: use another copy. The manifest of an
encrypted backup has the SHA-256 of the .age file; what the backup holds is in its part called sealed, which is an
age file too: base64, then age -d.

PUT IT BACK

  files/                       the home directory
  paths/                       further folders, by their absolute path
  databases/mysql/             as a MySQL or MariaDB administrator, in this order:
                                 mysql < databases/mysql/_users.sql      logins (may be absent)
                                 mysql < databases/mysql/_setup.sql      empty databases and rights
                               then each database, best with a login that may use only that database:
                                 mysql --default-character-set=utf8mb4 shop < databases/mysql/shop.sql
                               and last: mysql < databases/mysql/_grants.sql   rights on single tables (may be absent)
  databases/postgresql/        createdb shop && pg_restore --dbname=shop databases/postgresql/shop.dump
  mail/<domain>/<mailbox>/     a Maildir; copy it to where the mail server keeps that mailbox
  cron/crontab                 crontab cron/crontab, as the account's user
  account.json                 user and group ids, shell, home, domains
  credentials.json             password hashes; keep it private (may be absent)

An SQL file can contain commands. Do not load one from somebody you do not trust as root.
`
