# The databases that a login opens. `engine`: mysql or postgresql; `login`: its option file or service file, secret.
# Nothing comes back where the login is refused. Records as in discover.sh.

limited() {
  if hf_have timeout; then timeout 60 "$@"; else "$@"; fi
}

rec_text() {
  printf '%s\0' "$1" 1
  tr -d '\000'
  printf '\0'
}

# Only `login` counts: a ~/.my.cnf would win over it.
mysql_databases() {
  if hf_have mariadb; then client=mariadb; elif hf_have mysql; then client=mysql; else return 0; fi
  text=$(
    HOME=/nonexistent
    export HOME
    printf '%s' "$login" | limited "$client" --defaults-extra-file=/dev/stdin --batch --raw --skip-column-names \
      --connect-timeout=10 --default-character-set=utf8mb4 -e 'SELECT HEX(CONVERT(s.SCHEMA_NAME USING utf8mb4)),
      COALESCE(t.bytes, 0) FROM information_schema.SCHEMATA s LEFT JOIN (SELECT TABLE_SCHEMA,
      SUM(DATA_LENGTH + INDEX_LENGTH) bytes FROM information_schema.TABLES GROUP BY TABLE_SCHEMA) t
      ON s.SCHEMA_NAME = t.TABLE_SCHEMA' 2>/dev/null
  ) || return 0
  printf '%s' "$text" | rec_text mysql-databases
}

postgresql_databases() {
  hf_have psql || return 0
  text=$(
    PGSERVICEFILE=/dev/stdin PGCONNECT_TIMEOUT=10
    export PGSERVICEFILE PGCONNECT_TIMEOUT
    printf '%s' "$login" | limited psql -XAtqw -F '	' -d service=holdfast -c "SELECT
      encode(convert_to(datname, 'UTF8'), 'hex'), encode(convert_to(pg_get_userbyid(datdba), 'UTF8'), 'hex'),
      CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) ELSE 0 END FROM pg_database
      WHERE NOT datistemplate AND datallowconn
      AND (pg_has_role(datdba, 'MEMBER') OR datname = current_database() AND datname <> 'postgres')" 2>/dev/null
  ) || return 0
  printf '%s' "$text" | rec_text postgresql-databases
}

case $engine in
mysql) mysql_databases ;;
postgresql) postgresql_databases ;;
esac
