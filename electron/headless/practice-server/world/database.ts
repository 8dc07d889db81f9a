import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PracticeAccount } from './accounts.ts'
import { oneOf, type Chance } from './chance.ts'
import { paragraph, sentence } from './prose.ts'

interface Table {
  readonly name: string
  readonly columns: string
  readonly rows: readonly (readonly (string | number)[])[]
}

function rows(count: number, row: (id: number) => (string | number)[]): Table['rows'] {
  return Array.from({ length: count }, (_, index) => row(index + 1))
}

/** Tables in the part of SQL that MariaDB and SQLite share. */
function tablesOf(account: PracticeAccount, chance: Chance): readonly Table[] {
  const guests = ['Ada', 'Joaquim', '美衣', 'Søren', 'Zoë'] as const
  const stars = ['⭐', '⭐⭐⭐', '🌊⭐⭐⭐⭐', '🏺'] as const
  const articles = account.name === 'atelier' ? 'products' : account.name === 'noor' ? 'photos' : 'wp_posts'
  return [
    {
      name: articles,
      columns:
        'id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL, body TEXT NOT NULL, price INTEGER NOT NULL',
      rows: rows(400, (id) => [id, sentence(chance), paragraph(chance, 12), chance(9000)]),
    },
    {
      name: account.name === 'atelier' ? 'orders' : 'comments',
      columns:
        'id INTEGER NOT NULL PRIMARY KEY, article INTEGER NOT NULL, author VARCHAR(60) NOT NULL, text TEXT NOT NULL',
      rows: rows(2500, (id) => [
        id,
        1 + chance(400),
        oneOf(chance, guests),
        `${sentence(chance)} ${oneOf(chance, stars)}`,
      ]),
    },
  ]
}

const quoted = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`

function* statements(tables: readonly Table[]): Generator<string> {
  for (const { name, columns, rows: all } of tables) {
    yield `CREATE TABLE ${name} (${columns});`
    for (let at = 0; at < all.length; at += 200) {
      const values = all.slice(at, at + 200).map((row) => `(${row.map(quoted).join(', ')})`)
      yield `INSERT INTO ${name} VALUES ${values.join(', ')};`
    }
  }
}

/** What makes an account's database, its user, a view and a trigger on a MariaDB server, as root. */
export function mariadbSql(account: PracticeAccount, chance: Chance): string {
  const { database } = account
  const [articles, remarks] = tablesOf(account, chance)
  if (!articles || !remarks) return ''
  const user = `${quoted(database)}@'localhost'`
  return [
    `CREATE DATABASE ${database} CHARACTER SET utf8mb4;`,
    `CREATE USER ${user} IDENTIFIED BY ${quoted(account.databasePassword)};`,
    `GRANT ALL ON ${database}.* TO ${user};`,
    `USE ${database};`,
    ...statements([articles, remarks]),
    `CREATE DEFINER=${user} VIEW newest AS SELECT id, title FROM ${articles.name} ORDER BY id DESC LIMIT 10;`,
    `CREATE DEFINER=${user} TRIGGER no_empty_text BEFORE INSERT ON ${remarks.name} FOR EACH ROW SET NEW.text = COALESCE(NULLIF(NEW.text, ''), '-');`,
    '',
  ].join('\n')
}

/** Writes the same as a SQLite file among an account's files. */
export async function writeSqlite(home: string, account: PracticeAccount, chance: Chance): Promise<void> {
  await mkdir(join(home, 'data'), { recursive: true })
  const database = new DatabaseSync(join(home, 'data', `${account.database}.sqlite`))
  try {
    database.exec(`BEGIN;\n${[...statements(tablesOf(account, chance))].join('\n')}\nCOMMIT;`)
  } finally {
    database.close()
  }
}
