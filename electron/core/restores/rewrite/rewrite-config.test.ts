import { describe, expect, test } from 'vitest'
import { Secret } from '../../secrets/secret.ts'
import { testMapping } from '../test-mapping.ts'
import { rewriteConfig, type Rewritten } from './rewrite-config.ts'

const passwords = [
  { engine: 'mysql', user: 'bob_wp', password: new Secret(`n'e"w\\p$w`) },
  { engine: 'postgresql', user: 'bob_app', password: new Secret('pg:/@secret') },
] as const

function rewrite(name: string, text: string | Buffer, mapping = testMapping()): Rewritten & { text: string } {
  const result = rewriteConfig(`/home/alice/public_html/${name}`, Buffer.from(text), { mapping, passwords })
  return { ...result, text: result.bytes.toString('latin1') }
}

describe('wp-config.php', () => {
  const text = [
    `<?php // define('DB_NAME', 'alice_wp'); /home/alice/comment`,
    `/* define('DB_USER', 'alice_wp'); */  # define('DB_NAME', 'alice_wp');`,
    `define( 'DB_NAME',   "alice_wp" );   // name`,
    `define('DB_USER', 'alice_wp');\r`,
    String.raw`define('DB_PASSWORD', 'o\'l\\d$x');`,
    `define('DB_HOST', 'localhost');`,
    `define('WP_CONTENT_DIR', '/home/alice/public_html/content');`,
    `$table_prefix = 'alice_wp_';`,
    `define('AUTH_KEY', 'put /home/alice2/x and /mnt/home/alice here');`,
    `?> define('DB_NAME', 'alice_wp') /home/alice/html`,
  ].join('\n')

  test('gets names, the new password and paths in place, every other byte as it was', () => {
    const result = rewrite('wp-config.php', text)
    const expected = text
      .replace('"alice_wp" );   // name', '"bob_wp" );   // name')
      .replace(`define('DB_USER', 'alice_wp');\r`, `define('DB_USER', 'bob_wp');\r`)
      .replace(String.raw`'o\'l\\d$x'`, String.raw`'n\'e"w\\p$w'`)
      .replace(`'/home/alice/public_html/content'`, `'/srv/bob/public_html/content'`)
    expect(result.text).toBe(expected)
    expect(result.changes).toEqual([
      { line: 3, what: 'database', from: 'alice_wp', to: 'bob_wp' },
      { line: 4, what: 'database user', from: 'alice_wp', to: 'bob_wp' },
      { line: 5, what: 'database password', from: '[secret]', to: '[secret]' },
      { line: 7, what: 'path', from: '/home/alice', to: '/srv/bob' },
    ])
    expect(result.notUnderstood).toEqual([])
    expect(result.logins).toEqual([{ line: 5, engine: 'mysql', user: 'bob_wp' }])
    expect(JSON.stringify(result.changes)).not.toContain("n'e")
  })

  test('of the same account stays as it is, byte for byte', () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xe9, 0x0a]), Buffer.from(text)])
    const same = testMapping({ same: true })
    expect(rewriteConfig('/x/wp-config.php', bytes, { mapping: same, passwords: [] })).toEqual({
      bytes,
      changes: [],
      notUnderstood: [],
      logins: [{ line: 6, engine: 'mysql', user: 'alice_wp' }],
    })
  })

  test('bytes that are not UTF-8 are kept, and names are compared as UTF-8', () => {
    const bytes = Buffer.from(
      `<?php $a='caf\xe9'; define('DB_NAME','alice_wp'); $b='\xff/home/alice/x';`,
      'latin1',
    )
    const { text: after } = rewrite('wp-config.php', bytes)
    expect(after).toBe(`<?php $a='caf\xe9'; define('DB_NAME','bob_wp'); $b='\xff/home/alice/x';`)
    expect(rewrite('wp-config.php', `<?php define('DB_NAME','alice_ü');`).bytes.toString()).toBe(
      `<?php define('DB_NAME','bob_ü');`,
    )
  })

  test.each([
    [`define('DB_NAME', 'alice_' . 'wp');`, 'DB_NAME is not a plain string'],
    [`define('DB_NAME', "alice_{$x}");`, 'DB_NAME is not a plain string'],
    [`define('DB_NAME', getenv('DB'));`, 'DB_NAME is not a plain string'],
    [`define('DB_NAME', <<<E\nalice_wp\nE);`, 'DB_NAME is not a plain string'],
    [`define('DB_NAME', 'other');`, 'DB_NAME names a database that is not in this backup'],
    [`define('DB_USER', 'root');`, 'DB_USER names a database user that is not in this backup'],
    [`define('DB_USER', 'alice_wp');`, 'the user has a new password, and there is no password beside it'],
    [`$x = <<<E\n/home/alice/x\nE;`, 'an old path stands in a block of text, which was left as it is'],
    [`$x = <<<'E'\n  /home/alice/x\n  E;`, 'an old path stands in a block of text, which was left as it is'],
    ['$x = `ls /home/alice`;', 'an old path stands in a block of text, which was left as it is'],
    [`$x = "/home/alice$y";`, 'a string was left as it is: an old path in it is put together or escaped'],
    [`$x = "{$y}/home/alice/z";`, 'a string was left as it is: an old path in it is put together or escaped'],
    [
      String.raw`$x = '{"a":"\/home\/alice\/x"}';`,
      'a string was left as it is: an old path in it is put together or escaped',
    ],
  ])('reports %s', (line, why) => {
    const { notUnderstood, changes, text: after } = rewrite('wp-config.php', `<?php\n${line}\n`)
    expect(notUnderstood).toEqual([{ line: 2, why }])
    if (!line.includes('DB_USER')) {
      expect(changes).toEqual([])
      expect(after).toBe(`<?php\n${line}\n`)
    }
  })

  test('two logins keep their own passwords apart', () => {
    const { text: after } = rewrite(
      'wp-config.php',
      `<?php if ($a) { define('DB_USER','root'); define('DB_PASSWORD','r'); } else { define('DB_USER','alice_wp'); const DB_PASSWORD = "o"; }`,
    )
    expect(after).toBe(
      `<?php if ($a) { define('DB_USER','root'); define('DB_PASSWORD','r'); } else { define('DB_USER','bob_wp'); const DB_PASSWORD = "n'e\\"w\\\\p\\$w"; }`,
    )
  })
})

describe('paths in strings', () => {
  const path = (value: string) => {
    const { text } = rewrite('wp-config.php', `<?php $a = '${value}';`)
    return text.slice("<?php $a = '".length, -2)
  }
  test.each([
    ['/home/alice', '/srv/bob'],
    ['/home/alice/', '/srv/bob/'],
    ['.:/home/alice/pear:/home/alice/inc', '.:/srv/bob/pear:/srv/bob/inc'],
    ['file:///home/alice/x', 'file:///srv/bob/x'],
    ['unix:/home/alice/s.sock;a="/home/alice"', 'unix:/srv/bob/s.sock;a="/srv/bob"'],
    ['-C/home/alice', '-C/srv/bob'],
    ['/home/alice/site/deep', '/srv/bob/site/deep'],
    ['/srv/www/alice/x', '/srv/www/alice/x'],
  ])('%s becomes %s', (from, to) => expect(path(from)).toBe(to))
  test.each([
    '/home/alice2',
    '/home/alice.old',
    '/home/alice-x/y',
    '/mnt/home/alice',
    'http://e.test/home/alice',
    '~/home/alice',
    '/home/alic',
    '//home/alice',
  ])('%s stays', (text) => expect(path(text)).toBe(text))
})

describe('serialized PHP', () => {
  const value = (literal: string) => rewrite('wp-config.php', `<?php $a = ${literal};`)
  test('keeps lengths in bytes right, nested and in either quotes', () => {
    const inner = 'a:1:{s:4:"root";s:18:"/home/alice/caf\u00e9";}'.replace('s:18', 's:17')
    expect(Buffer.byteLength('/home/alice/caf\u00e9')).toBe(17)
    const outer = `a:2:{i:0;s:${Buffer.byteLength(inner)}:"${inner}";i:1;s:11:"/home/alice";}`
    const grown = 'a:1:{s:4:"root";s:14:"/srv/bob/caf\u00e9";}'
    const expected = `a:2:{i:0;s:${Buffer.byteLength(grown)}:"${grown}";i:1;s:8:"/srv/bob";}`
    expect(value(`'${outer}'`).bytes.toString()).toBe(`<?php $a = '${expected}';`)
    expect(value(`"${outer.replaceAll('"', '\\"')}"`).bytes.toString()).toBe(
      `<?php $a = "${expected.replaceAll('"', '\\"')}";`,
    )
  })
  test.each([
    `'s:99:"/home/alice/x";'`,
    `'a:1:{s:1:"a";s:5:"/home/alice/x";}'`,
    `'C:3:"Foo":15:{/home/alice/x;}'`,
    String.raw`'S:11:"/home/alice";'`,
    `"s:13:\\"/home/alice/$b\\";"`,
  ])('%s is left and reported', (literal) => {
    const { text, notUnderstood } = value(literal)
    expect(text).toBe(`<?php $a = ${literal};`)
    expect(notUnderstood).toHaveLength(1)
  })
})

test('Joomla: typed and untyped fields, paths in the others', () => {
  const { text, notUnderstood } = rewrite(
    'configuration.php',
    `<?php\nclass JConfig {\n\tpublic $db = 'alice_wp';\n\tpublic ?string $user = 'alice_wp';\n\tvar $password = '';\n\tpublic $log_path = '/home/alice/logs';\n}`,
  )
  expect(text).toBe(
    `<?php\nclass JConfig {\n\tpublic $db = 'bob_wp';\n\tpublic ?string $user = 'bob_wp';\n\tvar $password = 'n\\'e"w\\\\p$w';\n\tpublic $log_path = '/srv/bob/logs';\n}`,
  )
  expect(notUnderstood).toEqual([])
})

test('Drupal: arrays old and new, several databases, nested settings, single settings', () => {
  const before = `<?php
$databases['default']['default'] = array(
  'database' => 'alice_wp', 'init_commands' => ['x' => "SET a"], 'username' => 'alice_wp',
  'password' => 'old', 'driver' => 'mysql',
);
$databases = ['legacy' => ['default' => ['driver' => 'pgsql', 'database' => 'alice_app', 'username' => 'alice_app', 'password' => "o"]],
  'file' => ['default' => ['driver' => 'sqlite', 'database' => '/home/alice/db.sqlite']]];
$databases['default']['replica']['database'] = 'alice_wp';
$settings['file_private_path'] = '/home/alice/private';
$other = ['database' => 'alice_wp'];`
  const { text, notUnderstood } = rewrite('settings.php', before)
  expect(text).toBe(`<?php
$databases['default']['default'] = array(
  'database' => 'bob_wp', 'init_commands' => ['x' => "SET a"], 'username' => 'bob_wp',
  'password' => 'n\\'e"w\\\\p$w', 'driver' => 'mysql',
);
$databases = ['legacy' => ['default' => ['driver' => 'pgsql', 'database' => 'bob_app', 'username' => 'bob_app', 'password' => "pg:/@secret"]],
  'file' => ['default' => ['driver' => 'sqlite', 'database' => '/srv/bob/db.sqlite']]];
$databases['default']['replica']['database'] = 'bob_wp';
$settings['file_private_path'] = '/srv/bob/private';
$other = ['database' => 'alice_wp'];`)
  expect(notUnderstood).toEqual([])
})

describe('.env', () => {
  test('keeps quotes, comments and line ends, and quotes what needs it', () => {
    const { text, notUnderstood } = rewrite(
      '.env',
      `\ufeffAPP=x\r\nexport DB_DATABASE="alice_wp" # db\r\nDB_USERNAME=alice_wp\r\n#DB_USERNAME=alice_wp\r\nDB_PASSWORD=old # c\r\nLOGS='/home/alice/logs'\nTMP=/home/alice/tmp # /home/alice\n`,
    )
    expect(Buffer.from(text, 'latin1').toString()).toBe(
      `\ufeffAPP=x\r\nexport DB_DATABASE="bob_wp" # db\r\nDB_USERNAME=bob_wp\r\n#DB_USERNAME=alice_wp\r\nDB_PASSWORD="n'e\\"w\\\\p\\$w" # c\r\nLOGS='/srv/bob/logs'\nTMP=/srv/bob/tmp # /home/alice\n`,
    )
    expect(notUnderstood).toEqual([])
  })
  test('rewrites the parts of a URL, percent-encoded', () => {
    expect(
      rewrite('.env', `DATABASE_URL="postgresql://alice_app:s%40c@127.0.0.1:5432/alice_app?charset=utf8"\n`)
        .text,
    ).toBe(`DATABASE_URL="postgresql://bob_app:pg%3A%2F%40secret@127.0.0.1:5432/bob_app?charset=utf8"\n`)
  })
  test.each([
    ['DATABASE_URL=mysql://a:b/c@d@host/alice_wp', 'DATABASE_URL is a database URL that was not understood'],
    ['DB_DATABASE=${PREFIX}wp', 'DB_DATABASE is not a plain string'],
    ['DATABASE_URL="mysql://${U}:x@h/alice_wp"', 'DATABASE_URL is a database URL that was not understood'],
  ])('reports %s', (line, why) => {
    const { text, notUnderstood } = rewrite('.env', line)
    expect([text, notUnderstood]).toEqual([line, [{ line: 1, why }]])
  })
  test('a SQLite file is a path', () => {
    expect(rewrite('.env', 'DB_CONNECTION=sqlite\nDB_DATABASE=/home/alice/db.sqlite\n').text).toBe(
      'DB_CONNECTION=sqlite\nDB_DATABASE=/srv/bob/db.sqlite\n',
    )
  })
})

test('.my.cnf: only client groups, either quotes, includes and sockets', () => {
  const { text, notUnderstood } = rewrite(
    '.my.cnf',
    `[mysqld]\nuser=alice_wp\n[client]\nuser = "alice_wp"\npassword = 'old' # c\nsocket=/home/alice/s.sock\n[mysqldump]\npassword=x\n!includedir /home/alice/conf.d\n`,
  )
  expect(text).toBe(
    `[mysqld]\nuser=alice_wp\n[client]\nuser = "bob_wp"\npassword = 'n\\'e"w\\\\p$w' # c\nsocket=/srv/bob/s.sock\n[mysqldump]\npassword=x\n!includedir /srv/bob/conf.d\n`,
  )
  expect(notUnderstood).toEqual([
    {
      line: 8,
      why: 'a password stands here without its user, who is named elsewhere, and was left as it is',
    },
  ])
})

test('other files, long files and files that are not text are left', () => {
  expect(rewrite('index.php', `<?php define('DB_NAME','alice_wp');`).changes).toEqual([])
  const wide = Buffer.from(`<?php define('DB_NAME','alice_wp');`, 'utf16le')
  expect(rewrite('wp-config.php', wide)).toMatchObject({ bytes: wide, notUnderstood: [{ line: 1 }] })
  const long = Buffer.alloc(5_000_000, ' ')
  const left = rewrite('.env', long)
  expect([left.bytes.equals(long), left.notUnderstood.length]).toEqual([true, 1])
})
