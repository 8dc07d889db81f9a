import type { PracticeAccount } from './accounts.ts'
import type { Chance } from './chance.ts'
import type { WorldFile } from './files.ts'
import { picture } from './picture.ts'
import { paragraph, sentence, slug } from './prose.ts'

/** Where the account's configuration says that its database is. */
export interface DatabasePlace {
  /** Path of the MariaDB server's socket; null where there is none and SQLite files are used. */
  readonly socket: string | null
}

function page(account: PracticeAccount, chance: Chance): string {
  const title = sentence(chance)
  const body = Array.from({ length: 3 + chance(6) }, () => `    <p>${paragraph(chance, 5)}</p>`).join('\n')
  return `<!doctype html>\n<html lang="en">\n  <head>\n    <meta charset="utf-8" />\n    <title>${title} – ${account.fullName}</title>\n  </head>\n  <body>\n    <h1>${title}</h1>\n${body}\n  </body>\n</html>\n`
}

function code(chance: Chance, index: number): string {
  const cases = Array.from(
    { length: 8 + chance(30) },
    (_, at) =>
      `    // ${sentence(chance)}\n    if ($step === ${at}) {\n        return 'part-${index}-${at}';\n    }\n`,
  )
  return `<?php\n/** ${sentence(chance)} */\nfunction part_${index}(int $step): string\n{\n${cases.join('')}    return '';\n}\n`
}

function wordpressConfig(account: PracticeAccount, { socket }: DatabasePlace): WorldFile {
  const values = {
    DB_NAME: account.database,
    DB_USER: account.database,
    DB_PASSWORD: account.databasePassword.replaceAll("'", String.raw`\'`),
    DB_HOST: `localhost:${socket ?? ''}`,
  }
  const lines = Object.entries(values).map(([name, value]) => `define( '${name}', '${value}' );`)
  const content = `<?php\n${lines.join('\n')}\n$table_prefix = 'wp_';\nrequire_once __DIR__ . '/wp-settings.php';\n`
  return { path: 'public_html/wp-config.php', content, mode: 0o640, daysOld: 200 }
}

function environment(account: PracticeAccount, folder: string, { socket }: DatabasePlace): WorldFile {
  const content = [
    `APP_URL=https://${account.domain}`,
    `DB_CONNECTION=mysql`,
    `DB_HOST=localhost`,
    `DB_SOCKET=${socket ?? ''}`,
    `DB_DATABASE=${account.database}`,
    `DB_USERNAME=${account.database}`,
    `DB_PASSWORD="${account.databasePassword}"`,
    '',
  ].join('\n')
  return { path: `${folder}/.env`, content, mode: 0o640, daysOld: 150 }
}

function configuration(account: PracticeAccount, place: DatabasePlace): WorldFile[] {
  if (place.socket === null) return []
  if (account.name === 'marina') return [wordpressConfig(account, place)]
  return [environment(account, account.name === 'atelier' ? 'shop' : 'gallery-app', place)]
}

const folders: Readonly<Record<string, readonly [pages: string, code: string, pictures: string]>> = {
  marina: ['public_html/boats', 'public_html/wp-content/themes/tidewater', 'public_html/wp-content/uploads'],
  atelier: ['public_html/journal', 'shop/app/parts', 'public_html/shop/photos'],
  noor: ['public_html/series', 'gallery-app/lib', 'public_html/gallery'],
}

/** What an account's site consists of: pages, code, pictures, configuration, and what else lies about in a home. */
export function* siteFiles(
  account: PracticeAccount,
  chance: Chance,
  place: DatabasePlace,
): Generator<WorldFile> {
  const [pages, parts, pictures] = folders[account.name] ?? ['public_html', 'app', 'public_html/photos']
  yield { path: '.bashrc', content: "alias ll='ls -l'\n", daysOld: 900 }
  yield { path: '.ssh/authorized_keys', content: '# no keys yet\n', mode: 0o600, daysOld: 900 }
  yield {
    path: 'bin/clean-cache.sh',
    content: '#!/bin/sh\nrm -rf "$HOME/cache"\n',
    mode: 0o755,
    daysOld: 400,
  }
  yield { path: 'public_html/index.html', content: page(account, chance), daysOld: 30 }
  yield { path: 'public_html/.htaccess', content: 'Options -Indexes\n', daysOld: 300 }
  yield { path: 'public_html/Öffnungszeiten – أوقات.html', content: page(account, chance), daysOld: 12 }
  yield { path: 'www', content: { linkTo: 'public_html' } }
  yield* configuration(account, place)
  for (let index = 0; index < account.pages; index += 1) {
    const isPage = index % 3 === 0
    const path = isPage ? `${pages}/${slug(chance)}-${index}.html` : `${parts}/part-${index}.php`
    yield { path, content: isPage ? page(account, chance) : code(chance, index), daysOld: 5 + index }
  }
  for (let index = 0; index < account.pictures; index += 1) {
    const folder = `${pictures}/2026/${String(1 + (index % 11)).padStart(2, '0')}`
    const path = `${folder}/${slug(chance)}-${index}.png`
    yield { path, content: picture(chance, 80 + chance(90)), daysOld: 3 + index }
  }
}
