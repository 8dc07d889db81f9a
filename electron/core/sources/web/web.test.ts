import { expect, test } from 'vitest'
import { apacheHosts } from './apache.ts'
import { nginxHosts } from './nginx.ts'
import { phpPools, phpVersionOf } from './php-pools.ts'

const nginxMain = '/etc/nginx/nginx.conf'
const apacheMain = '/etc/apache2/apache2.conf'

test('nginx hosts are found through includes, with names, roots and pools', () => {
  const files = new Map([
    [nginxMain, 'user www-data;\nhttp {\n  include mime.types;\n  include /etc/nginx/sites-enabled/*;\n}'],
    [
      '/etc/nginx/sites-enabled/alice',
      `# root /commented;
      server {
        listen 80; ssl_certificate /etc/ssl/a.pem; ssl_certificate_key /etc/ssl/a.key; server_name alice.test www.alice.test *.alice.test _ ~^x; # server_name no.test;
        root "/home/alice/public html/";
        location /static { root /srv/static; }
        include snippets/php.conf;
      }`,
    ],
    ['/etc/nginx/snippets/php.conf', 'location ~ \\.php$ { fastcgi_pass unix:/run/php/alice.sock; }'],
    ['/etc/nginx/sites-available/off', 'server { root /srv/off; }'],
  ])
  expect(nginxHosts(files, nginxMain)).toEqual([
    {
      file: '/etc/nginx/sites-enabled/alice',
      names: ['alice.test'],
      roots: ['/home/alice/public html', '/srv/static'],
      pools: ['/run/php/alice.sock'],
      certificates: ['/etc/ssl/a.pem', '/etc/ssl/a.key'],
    },
  ])
})

test('nginx files that are broken, endless or depend on the request do no harm', () => {
  const files = new Map([
    [
      nginxMain,
      'http { include *.conf; include nginx.conf; server { root /srv/a; server_name a.test; ' +
        '} '.repeat(5),
    ],
    [
      '/etc/nginx/b.conf',
      'include b.conf; server { root $document_base/x; root /srv/${host}; root /srv/b; } } } "unclosed',
    ],
  ])
  expect(nginxHosts(files, nginxMain).map((host) => host.roots)).toEqual([['/srv/b'], ['/srv/a']])
})

test('nginx braces in quotes and variables do not end a block', () => {
  const files = new Map([
    [nginxMain, 'server { set $a "}"; rewrite ^/x{2}$ /y; root ${unset}; set $b ${c}d; root /srv/real; }'],
  ])
  expect(nginxHosts(files, nginxMain).flatMap((host) => host.roots)).toContain('/srv/real')
})

test('without nginx.conf the enabled files count, the available ones do not', () => {
  const files = new Map([
    ['/etc/nginx/sites-available/alice.conf', 'server { root /srv/off; }'],
    ['/etc/nginx/conf.d/bob.conf', 'server { root /srv/bob; }'],
  ])
  expect(nginxHosts(files, nginxMain).flatMap((host) => host.roots)).toEqual(['/srv/bob'])
})

test('Apache hosts are found through includes, definitions and sections', () => {
  const files = new Map([
    [
      apacheMain,
      'ServerRoot "/etc/apache2"\nDefine WEB /srv/web\nIncludeOptional sites-enabled/*.conf\nIncludeOptional conf-enabled',
    ],
    [
      '/etc/apache2/sites-enabled/bob.conf',
      `<IfModule mod_ssl.c>
<VirtualHost *:443 [::]:443>
  ServerName https://Bob.test:443
  ServerAlias www.bob.test \\
     shop.bob.test
  DocumentRoot "\${WEB}/bob \\"x\\""
  # DocumentRoot /commented
  SSLCertificateFile /etc/ssl/bob.pem
  <FilesMatch "\\.php$">
    SetHandler "proxy:unix:/run/php/bob.sock|fcgi://localhost"
  </FilesMatch>
</VirtualHost>
</IfModule>
DocumentRoot /var/www/html`,
    ],
    [
      '/etc/apache2/conf-enabled/more.conf',
      '<virtualhost _default_>\ndocumentroot /srv/more/\n</virtualhost>',
    ],
  ])
  expect(apacheHosts(files, apacheMain)).toEqual([
    {
      file: '/etc/apache2/sites-enabled/bob.conf',
      names: ['bob.test', 'shop.bob.test'],
      roots: ['/srv/web/bob "x"'],
      pools: ['/run/php/bob.sock'],
      certificates: ['/etc/ssl/bob.pem'],
    },
    {
      file: '/etc/apache2/conf-enabled/more.conf',
      names: [],
      roots: ['/srv/more'],
      pools: [],
      certificates: [],
    },
    { file: apacheMain, names: [], roots: ['/var/www/html'], pools: [], certificates: [] },
  ])
})

test('PHP pools are read with their users and sockets', () => {
  const files = new Map([
    [
      '/etc/php/8.2/fpm/pool.d/alice.conf',
      '; comment\n[alice]\nuser = $pool ; who\ngroup=alice\nlisten = "/run/php/$pool.sock"\n[broken',
    ],
    ['/etc/php/8.2/fpm/pool.d/x.conf', '[global]\npid = /run/x\n'],
  ])
  expect(phpPools(files)).toEqual([
    {
      file: '/etc/php/8.2/fpm/pool.d/alice.conf',
      name: 'alice',
      user: 'alice',
      listen: '/run/php/alice.sock',
    },
  ])
})

test.each([
  ['/etc/php/8.2/fpm/pool.d/alice.conf', '8.2'],
  ['/etc/opt/remi/php82/php-fpm.d/alice.conf', '8.2'],
  ['/opt/cpanel/ea-php74/root/etc/php-fpm.d/alice.conf', '7.4'],
  ['/etc/php-fpm.d/alice.conf', null],
])('the version of PHP is known by the place of a pool file: %s', (file, version) => {
  expect(phpVersionOf(file)).toBe(version)
})
