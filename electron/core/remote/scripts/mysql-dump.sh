# Dumps one database. "$@": the options of the dump tool, `--`, the database. `login` and `defaults` as in
# mysql-query.sh. Output: the dump. Code `dump`: the tool's own, 127 where there is none.

dump() {
  if hf_have mariadb-dump; then tool=mariadb-dump; elif hf_have mysqldump; then tool=mysqldump; else return 127; fi
  if [ -n "$login" ]; then
    # A ~/.my.cnf would win over the login.
    HOME=/nonexistent
    export HOME
    printf '%s' "$login" | "$tool" --defaults-extra-file=/dev/stdin "$@"
  else
    [ "$hf_uid" != 0 ] || HOME=~root
    export HOME
    "$tool" ${defaults:+"--defaults-file=$defaults"} "$@"
  fi
}

hf_send dump dump "$@"
