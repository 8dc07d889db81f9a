# Web server, PHP and certificates: only their configuration. Sites of alice (one in her home, one elsewhere), of bob,
# of dora, and one that nobody claims.
set -euo pipefail

mkdir -p /srv/sites/alice-shop /var/www/forgotten
echo '<h1>shop</h1>' >/srv/sites/alice-shop/index.html
chown -R alice:alice /srv/sites/alice-shop
echo '<h1>forgotten</h1>' >/var/www/forgotten/index.html

live=/etc/letsencrypt/live/alice.example archive=/etc/letsencrypt/archive/alice.example
mkdir -p "$live" "$archive"
chmod 700 /etc/letsencrypt/live /etc/letsencrypt/archive
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=alice.example \
  -keyout "$archive/privkey1.pem" -out "$archive/fullchain1.pem" 2>/dev/null
ln -s "../../archive/alice.example/privkey1.pem" "$live/privkey.pem"
ln -s "../../archive/alice.example/fullchain1.pem" "$live/fullchain.pem"

# nginx_site NAME DOMAINS ROOT [LINE...]
nginx_site() {
  local file=/etc/nginx/sites-available/$1.conf
  { printf 'server {\n    listen 80;\n    server_name %s;\n    root %s;\n' "$2" "$3"; printf '    %s\n' "${@:4}" '}'; } |
    sed 's/^    }$/}/' >"$file"
  ln -s "$file" "/etc/nginx/sites-enabled/$1.conf"
}
nginx_site alice 'alice.example www.alice.example' /home/alice/public_html 'listen 443 ssl;' \
  "ssl_certificate $live/fullchain.pem;" "ssl_certificate_key $live/privkey.pem;" \
  'location ~ \.php$ { fastcgi_pass unix:/run/php/alice.sock; }'
nginx_site alice-shop shop.alice.example /srv/sites/alice-shop
nginx_site dora dora.example /srv/www/dora/htdocs
nginx_site forgotten forgotten.example /var/www/forgotten

mkdir -p /etc/apache2/sites-available /etc/apache2/sites-enabled
cat >/etc/apache2/sites-available/bob.conf <<'APACHE'
<VirtualHost *:8080>
    ServerName bob.example
    ServerAlias www.bob.example
    DocumentRoot "/home/bob/public_html"
    <Directory /home/bob/public_html>
        Require all granted
    </Directory>
</VirtualHost>
APACHE
ln -s ../sites-available/bob.conf /etc/apache2/sites-enabled/bob.conf

# pool ACCOUNT FOLDER
pool() {
  printf '[%s]\nuser = %s\ngroup = %s\nlisten = /run/php/%s.sock\npm = ondemand\npm.max_children = 5\n' \
    "$1" "$1" "$1" "$1" >"/etc/php/8.2/fpm/pool.d/$1.conf"
  printf 'chdir = %s\nphp_admin_value[open_basedir] = %s:/tmp\n' "$2" "$2" >>"/etc/php/8.2/fpm/pool.d/$1.conf"
}
mkdir -p /etc/php/8.2/fpm/pool.d
pool alice /home/alice/public_html
pool dora /srv/www/dora/htdocs

nginx -t -q
echo '10.9.8.7 legacy.example.test' >>/etc/hosts
