import type { DatabaseSync } from 'node:sqlite'

/** Raised whenever a table changes; caches of another version are thrown away and built again. */
export const cacheVersion = 1

/**
 * Names and link targets have no column type: text where they are UTF-8, else the bytes as a blob. `entry.a` is the
 * tar offset of the first header block, `raw` the path as it stands in the archive where that is not simply folder,
 * slash and name, `d` and `c` nanoseconds as text. Every ancestor of an entry is a row of `folder`, with or without
 * an entry of its own.
 */
export const tables = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE folder (id INTEGER PRIMARY KEY, parent INTEGER, name, path);
  CREATE TABLE entry (
    a INTEGER PRIMARY KEY, folder INTEGER NOT NULL, name, raw, type TEXT NOT NULL, size INTEGER NOT NULL,
    mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, d TEXT NOT NULL, c TEXT, h BLOB, link
  );
  CREATE TABLE segment (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    t INTEGER NOT NULL, tl INTEGER NOT NULL, crc INTEGER NOT NULL, sha BLOB NOT NULL
  );
  CREATE TABLE part (entry INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, first INTEGER, last INTEGER);
  CREATE TABLE warning (code TEXT NOT NULL, path TEXT NOT NULL);
`

const indexes = `
  CREATE INDEX entry_name ON entry (folder, name);
  CREATE UNIQUE INDEX folder_path ON folder (path);
  CREATE INDEX folder_parent ON folder (parent);
  CREATE INDEX segment_tar ON segment (t);
  CREATE INDEX part_entry ON part (entry);
`

/** Leaves the last of several entries with one path, which is the one that counts (FORMAT §2). */
const dropEarlier = `
  DELETE FROM entry WHERE a NOT IN (SELECT max(a) FROM entry GROUP BY folder, name);
`

/** Indexes the filled tables and leaves one entry for each path. */
export function indexTables(database: DatabaseSync): void {
  database.exec(indexes)
  const counts = database
    .prepare(
      `SELECT (SELECT count(*) FROM entry) AS entries,
              (SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY folder, name)) AS paths`,
    )
    .get()
  if (counts?.['entries'] !== counts?.['paths']) database.exec(dropEarlier)
}
