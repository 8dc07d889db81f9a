# What a server shows of its accounts, as `TAG NUL COUNT NUL FIELD NUL …` records. Reads only; a thing that is not
# there yields no record. `scope`: `server`, or `login` for the own account of a plain user.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  [ $# -eq 0 ] || printf '%s\0' "$@"
}

# One record whose last field is what comes by stdin, without its NUL bytes.
rec_text() {
  printf '%s\0' "$1" "$#"
  shift
  [ $# -eq 0 ] || printf '%s\0' "$@"
  tr -d '\000'
  printf '\0'
}

limited() {
  limit=$1
  shift
  if hf_have timeout; then timeout "$limit" "$@"; else "$@"; fi
}

user_database() {
  if [ "$scope" = login ]; then me=$(id -u); else me=; fi
  if hf_have getent; then getent passwd ${me:+"$me"}; else
    awk -F: -v me="$me" 'me == "" || $3 == me' /etc/passwd
  fi
}

group_database() {
  if hf_have getent; then getent group; else cat /etc/group; fi
}

homes() {
  user_database | while IFS=: read -r name _ uid gid _ home _; do
    [ -n "$name" ] && [ "$uid" != 0 ] || continue
    [ -d "$home/" ] || continue
    mail=0
    [ ! -d "$home/Maildir/cur" ] || mail=1
    if [ -O "$home/" ]; then owner=$hf_uid; else owner=$(stat -L -c %u -- "$home/" 2>/dev/null || echo '?'); fi
    rec home "$name" "$owner" "$mail"
  done
}

crontabs() {
  if [ "$scope" = login ]; then
    if hf_have crontab && limited 20 crontab -l 2>/dev/null | grep -q .; then rec crontab "$(id -un)"; fi
    return 0
  fi
  for folder in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron /etc/crontabs; do
    for file in "$folder"/*; do
      [ -f "$file" ] && [ ! -L "$file" ] && [ -s "$file" ] || continue
      rec crontab "${file##*/}"
      [ "${file##*/}" != root ] || head -c 262144 -- "$file" | rec_text root-crontab "$file"
    done
  done
  # All in one question, since dpkg reads its whole list for each.
  owned=
  if hf_have dpkg-query; then owned=$(dpkg-query -S /etc/crontab /etc/cron.d/* 2>/dev/null) || :; fi
  for file in /etc/crontab /etc/cron.d/*; do
    [ -f "$file" ] || continue
    packaged=0
    if hf_have dpkg-query; then
      case "$owned
" in *": $file
"*) packaged=1 ;; esac
    elif hf_have rpm; then rpm -qf "$file" >/dev/null 2>&1 && packaged=1
    elif hf_have apk; then apk info --who-owns "$file" >/dev/null 2>&1 && packaged=1; fi
    head -c 262144 -- "$file" | rec_text cron-file "$file" "$packaged"
  done
}

# Files below the folders $2 …, with the tag $1. Only files of root are believed.
web_files() {
  tag=$1
  shift
  for folder; do
    [ -d "$folder" ] || continue
    find -L "$folder" -type f -user 0 -size -513 ! -name '*.key' ! -name '*.pem' ! -name '*.crt' ! -name '*.so' \
      ! -name '*htpasswd*' ! -path '*/mods-available/*' ! -path '*/modules-available/*' 2>/dev/null
  done | {
    # The folder of the file before, and where it truly is.
    before= truly=
    while IFS= read -r file; do
      [ -f "$file" ] && [ -r "$file" ] || continue
      if [ -L "$file" ]; then true=$(readlink -f -- "$file") || true=$file; else
        if [ "${file%/*}" != "$before" ]; then
          before=${file%/*}
          truly=$(readlink -f -- "$before") || truly=$before
        fi
        true=$truly/${file##*/}
      fi
      # `find` has seen to its size, and root alone writes it.
      rec_text "$tag" "$file" "$true" <"$file" || :
    done
  }
}

pool_files() {
  for folder in /etc/php/*/fpm/pool.d /etc/php-fpm.d /etc/php*/php-fpm.d /etc/php/fpm*/php-fpm.d \
    /etc/opt/remi/php*/php-fpm.d /opt/*/php*/etc/php-fpm.d /usr/local/etc/php-fpm.d; do
    [ -d "$folder" ] || continue
    web_files pool-file "$folder"
  done
}

maildir_at() {
  if [ -d "$4/cur" ]; then path=$4; elif [ -d "$4/Maildir/cur" ]; then path=$4/Maildir; else return 0; fi
  rec maildir "$1" "$2" "$3" "$path" "$(stat -L -c %u -- "$path")" "$(stat -L -c %g -- "$path")"
}

mail_folders() {
  base=
  if hf_have postconf; then base=$(limited 20 postconf -h virtual_mailbox_base 2>/dev/null) || base=; fi
  for folder in /var/vmail /var/mail/vhosts /var/mail/vdomains /var/mail/virtual /srv/vmail /srv/mail /home/vmail \
    /var/lib/vmail ${base:+"$base"}; do
    [ -d "$folder" ] && [ ! -L "$folder" ] || continue
    for domain in "$folder"/*.*; do
      [ -d "$domain" ] && [ ! -L "$domain" ] || continue
      for box in "$domain"/*; do
        [ -d "$box" ] && [ ! -L "$box" ] || continue
        maildir_at "$folder" "${domain##*/}" "${box##*/}" "$box"
      done
    done
  done
}

mboxes() {
  if [ "$scope" = login ]; then me=$(id -un); else me=; fi
  for folder in /var/mail /var/spool/mail; do
    [ -d "$folder" ] && [ ! -L "$folder" ] || continue
    for file in "$folder"/*; do
      [ -z "$me" ] || [ "${file##*/}" = "$me" ] || continue
      [ -f "$file" ] && [ ! -L "$file" ] && [ -s "$file" ] || continue
      rec mbox "${file##*/}" "$file" "$(stat -c %u -- "$file")"
    done
  done
}

dovecot() {
  hf_have doveadm || return 0
  if ! names=$(limited 60 doveadm user '*' 2>/dev/null); then
    # 67: it answers, and has no such user; then it is one that keeps no list.
    code=0
    limited 60 doveadm user nobody@holdfast.invalid >/dev/null 2>&1 || code=$?
    case $code in 0 | 67) rec failed dovecot-list ;; *) rec failed dovecot ;; esac
    return 0
  fi
  virtual=$(printf '%s\n' "$names" | grep @) || return 0
  printf '%s\n' "$virtual" | rec_text dovecot-names
  # shellcheck disable=SC2086
  (
    set -f
    IFS='
'
    limited 120 doveadm user $virtual 2>/dev/null || :
  ) | rec_text dovecot-users
}

sql_client() {
  if hf_have mariadb; then client=mariadb; elif hf_have mysql; then client=mysql; else return 1; fi
}

sql() {
  limited 120 "$client" $defaults --batch --raw --skip-column-names --default-character-set=utf8mb4 -e "$1"
}

# Whether any of the paths is there.
any_of() {
  for path; do
    if [ -e "$path" ]; then return 0; fi
  done
  return 1
}

# Whether a server of this computer, or the host in root's own option file, holds databases.
mysql_is_here() {
  hf_have mariadbd || hf_have mysqld || any_of /usr/libexec/mysqld /var/lib/mysql/mysql ||
    grep -Eqs '^[[:space:]]*host[[:space:]]*=' /root/.my.cnf
}

mysql_failed() {
  if mysql_is_here; then rec failed mysql; fi
}

mysql_server() {
  if ! sql_client; then
    mysql_failed
    return 0
  fi
  HOME=/root
  export HOME
  defaults=
  if ! sql 'SELECT 1' >/dev/null 2>&1; then
    [ -r /etc/mysql/debian.cnf ] && defaults=--defaults-file=/etc/mysql/debian.cnf
    if [ -z "$defaults" ] || ! sql 'SELECT 1' >/dev/null 2>&1; then
      mysql_failed
      return 0
    fi
  fi
  if ! text=$(sql 'SELECT HEX(CONVERT(s.SCHEMA_NAME USING utf8mb4)), COALESCE(t.bytes, 0) FROM information_schema.SCHEMATA s
    LEFT JOIN (SELECT TABLE_SCHEMA, SUM(DATA_LENGTH + INDEX_LENGTH) bytes FROM information_schema.TABLES GROUP BY TABLE_SCHEMA) t
    ON s.SCHEMA_NAME = t.TABLE_SCHEMA' 2>/dev/null); then
    text=$(sql 'SELECT HEX(CONVERT(SCHEMA_NAME USING utf8mb4)), 0 FROM information_schema.SCHEMATA' 2>/dev/null) || {
      rec failed mysql
      return 0
    }
  fi
  printf '%s' "$text" | rec_text mysql-databases
  if text=$(sql 'SELECT HEX(CONVERT(User USING utf8mb4)), HEX(CONVERT(Host USING utf8mb4)), HEX(CONVERT(Db USING utf8mb4))
    FROM mysql.db' 2>/dev/null); then
    printf '%s' "$text" | rec_text mysql-grants
  else rec failed mysql-grants; fi
}

as_postgres() {
  if hf_have runuser; then limited 120 runuser -u postgres -- "$@"; else limited 120 setpriv --reuid postgres --regid postgres --init-groups -- "$@"; fi
}

postgresql_failed() {
  if hf_have postgres || any_of /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres \
    /usr/libexec/postgresql*/postgres /var/lib/postgresql/*/*/PG_VERSION /var/lib/pgsql/data/PG_VERSION \
    /var/lib/pgsql/*/data/PG_VERSION; then rec failed postgresql; fi
}

postgresql_server() {
  if ! hf_have psql || ! id postgres >/dev/null 2>&1; then
    postgresql_failed
    return 0
  fi
  if text=$(cd / && as_postgres psql -XAtq -F '	' -d postgres -c "SELECT encode(convert_to(datname, 'UTF8'), 'hex'),
    encode(convert_to(pg_get_userbyid(datdba), 'UTF8'), 'hex'), pg_database_size(oid)
    FROM pg_database WHERE NOT datistemplate AND datallowconn" 2>/dev/null); then
    printf '%s' "$text" | rec_text postgresql-databases
  else postgresql_failed; fi
}

main() {
  user_database | rec_text passwd
  group_database | rec_text group
  homes
  crontabs
  mboxes
  [ "$scope" = server ] || return 0
  web_files nginx-file /etc/nginx /usr/local/nginx/conf
  web_files apache-file /etc/apache2 /etc/httpd
  pool_files
  mail_folders
  dovecot
  mysql_server
  postgresql_server
}

main
