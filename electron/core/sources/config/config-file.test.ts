import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { isLocal, loginsOf } from './config-file.ts'

function read(path: string, text: string) {
  return loginsOf(path, Buffer.from(text)).map(({ password, ...rest }) => ({
    ...rest,
    password: password.reveal(),
  }))
}

test('WordPress: constants in either quotes, comments ignored, host with port or socket', () => {
  const text = String.raw`<?php
/** define('DB_NAME', 'old'); */
// define('DB_NAME', 'older');
define( 'DB_NAME', 'alice_wp' );
define("DB_USER", "alice");
define('DB_PASSWORD', 'p\'w\\"#;$x');
define('DB_HOST', 'localhost:/run/mysqld/mysqld.sock');`
  expect(read('/home/alice/public_html/wp-config.php', text)).toEqual([
    {
      engine: 'mysql',
      host: null,
      port: null,
      socket: '/run/mysqld/mysqld.sock',
      user: 'alice',
      password: 'p\'w\\"#;$x',
      databases: ['alice_wp'],
      from: '/home/alice/public_html/wp-config.php',
    },
  ])
  expect(read('/x/wp-config.php', text.replace(/'localhost:.*'/, "'db.test:3307'"))[0]).toMatchObject({
    host: 'db.test',
    port: 3307,
  })
})

test('Joomla, Drupal and .env are read', () => {
  expect(
    read(
      '/j/configuration.php',
      `class JConfig { public $dbtype = 'pgsql'; public $host = 'localhost'; public $user = 'u'; public $password = 'p'; public $db = 'd'; }`,
    ),
  ).toMatchObject([{ engine: 'postgresql', user: 'u', password: 'p', databases: ['d'] }])
  expect(
    read(
      '/d/settings.php',
      `$databases['default']['default'] = array(\n 'database' => 'dd',\n 'username' => 'du',\n 'password' => 'dp', 'port' => '3308',\n 'driver' => 'mysql',\n);`,
    ),
  ).toMatchObject([{ engine: 'mysql', user: 'du', databases: ['dd'], port: 3308 }])
  expect(
    read(
      '/l/.env',
      'DB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=3306\nDB_DATABASE="my db" # note\nexport DB_USERNAME=lu\nDB_PASSWORD="a\\"b#c"\n',
    ),
  ).toMatchObject([
    { engine: 'mysql', host: '127.0.0.1', user: 'lu', password: 'a"b#c', databases: ['my db'] },
  ])
  expect(
    read('/s/.env', 'DATABASE_URL="postgresql://me:s%40crt@db.test:5433/app?charset=utf8"'),
  ).toMatchObject([
    { engine: 'postgresql', host: 'db.test', port: 5433, user: 'me', password: 's@crt', databases: ['app'] },
  ])
})

test('~/.my.cnf and ~/.pgpass are read', () => {
  expect(
    read(
      '/h/.my.cnf',
      '[mysqld]\nuser=mysql\n[client]\nuser = bob\npassword = "p\\\\w\\"#x"\n[mysql]\nuser=no\n',
    ),
  ).toMatchObject([{ engine: 'mysql', user: 'bob', password: 'p\\w"#x', databases: [] }])
  expect(read('/h/.pgpass', '# c\nlocalhost:*:app:bob:a\\:b\\\\c\n*:5432:*:bob:x\n')).toMatchObject([
    { engine: 'postgresql', host: null, port: null, user: 'bob', password: 'a:b\\c', databases: ['app'] },
    { host: null, port: 5432, databases: [] },
  ])
})

test('useless, foreign and hostile files yield nothing', () => {
  expect(read('/x/wp-config.php', 'root:$y$abc:19000:0:99999:7:::')).toEqual([])
  expect(read('/x/other.php', "define('DB_NAME','a');define('DB_USER','b');")).toEqual([])
  expect(read('/x/.env', 'DATABASE_URL=mysql://%zz:x@h/d\nDATABASE_URL=file:///etc/shadow')).toEqual([])
  expect(read('/x/.env', 'DB_DATABASE=a\nDB_USERNAME=b\nDB_HOST=--defaults-file=/etc/x')).toEqual([])
  expect(read('/x/wp-config.php', "define('DB_NAME','a');define('DB_USER','b\n[mysqld]');")).toEqual([])
})

test('passwords do not print', () => {
  const [login] = loginsOf('/x/.env', Buffer.from('DB_DATABASE=a\nDB_USERNAME=b\nDB_PASSWORD=canary'))
  expect(`${inspect(login)}${JSON.stringify(login)}`).not.toContain('canary')
})

test('a login for another host is not for this server', () => {
  const local = (host: string) =>
    loginsOf('/x/.env', Buffer.from(`DB_DATABASE=a\nDB_USERNAME=b\nDB_HOST=${host}`)).map(isLocal)
  expect([local('localhost'), local('127.0.0.1'), local('db.test')].flat()).toEqual([true, true, false])
})
