# Homes: ordinary contents, and everything that is awkward to copy.
set -euo pipefail

cd /home/alice
mkdir -p public_html/wp-content/cache/private shop bin data cache
printf '#!/bin/sh\necho hi\n' >bin/nightly.sh
chmod 4755 bin/nightly.sh
printf x >$'data/new\nline.txt'
printf x >$'data/latin1-\xe9.txt'
printf x >'data/ lead and trail '
printf x >data/-rf
printf x >'data/--checkpoint-action=exec=sh x.sh'
printf x >'data/$(id)'
printf x >data/ünïcode-日本.txt
printf x >"data/$(printf 'n%.0s' $(seq 251)).txt"
ln -s /etc/passwd data/abs-link
ln -s ../bin/nightly.sh data/rel-link
ln -s nowhere data/dangling
ln bin/nightly.sh data/hardlink
mkfifo data/fifo
truncate -s 24M data/sparse.img
printf end >>data/sparse.img
printf secret >data/unreadable
chmod 000 data/unreadable
mkdir -m 2775 data/setgid
mkdir data/empty
mkdir -p "data/deep/$(printf 'd/%.0s' $(seq 200))"
printf x >"data/deep/$(printf 'd/%.0s' $(seq 200))bottom"
setfacl -m u:bob:r data/-rf
setfattr -n user.comment -v hello 'data/ lead and trail '
head -c 20M /dev/urandom >data/random.bin
touch -d '2001-02-03 04:05:06.789' data/random.bin

# A folder that its owner marked as not worth a backup.
touch cache/.nobackup
printf x >cache/thumbnail

# A site whose web server wrote files that the account itself cannot read.
cat >public_html/wp-config.php <<'PHP'
<?php
define( 'DB_NAME', 'alice_wp' );
define( 'DB_USER', 'alice' );
define( 'DB_PASSWORD', 'db-alice' );
define( 'DB_HOST', 'localhost' );
$table_prefix = 'wp_';
PHP
printf '<?php echo "hello";\n' >public_html/index.php
printf cached >public_html/wp-content/cache/private/page.html
cat >shop/.env <<'ENV'
APP_NAME="Alice's shop"
DB_CONNECTION=mysql
DB_HOST=127.0.0.1
DB_PORT=3306
DB_DATABASE=alice_shop
DB_USERNAME=alice
DB_PASSWORD="db-alice"
ENV
mkdir app
echo 'DATABASE_URL=postgres://alice:pg-alice@localhost:5432/alice_app' >app/.env
printf '[client]\nuser=alice\npassword=db-alice\n' >.my.cnf
chmod 600 .my.cnf public_html/wp-config.php shop/.env app/.env
chown -Rh alice:alice .
chmod 4755 bin/nightly.sh # chown takes the bit away
chown -R www-data:www-data public_html/wp-content/cache
chmod 700 public_html/wp-content/cache/private
chmod 600 public_html/wp-content/cache/private/page.html

cd /home/bob
mkdir -p public_html
printf '<h1>bob</h1>\n' >public_html/index.html
chown -R bob:bob public_html

cd /srv/www/dora
mkdir -p htdocs
printf "<?php\n\$CFG->dbname = 'dora_site';\n" >htdocs/config.php
chown -R dora:dora .

cd /home/plain
mkdir -p public_html
printf '[client]\nuser=plain\npassword="db-plain#1"\n' >.my.cnf
chmod 600 .my.cnf
printf '<h1>plain</h1>\n' >public_html/index.html
chown -R plain:plain .
