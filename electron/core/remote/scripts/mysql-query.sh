# Runs `sql` in the MySQL or MariaDB client and prints rows as they are. `login`: an option file, secret, or empty for
# what root may do by itself; `defaults`: then, an option file of the system, or empty. Code `query`: the client's own.

limited() {
  if hf_have timeout; then timeout 300 "$@"; else "$@"; fi
}

main() {
  if hf_have mariadb; then client=mariadb; elif hf_have mysql; then client=mysql; else
    hf_rc query 127
    return 0
  fi
  code=0
  if [ -n "$login" ]; then
    # A ~/.my.cnf would win over the login.
    HOME=/nonexistent
    export HOME
    printf '%s' "$login" | limited "$client" --defaults-extra-file=/dev/stdin --batch --raw --skip-column-names \
      --connect-timeout=10 --default-character-set=utf8mb4 -e "$sql" || code=$?
  else
    [ "$hf_uid" != 0 ] || HOME=~root
    export HOME
    limited "$client" ${defaults:+"--defaults-file=$defaults"} --batch --raw --skip-column-names \
      --connect-timeout=10 --default-character-set=utf8mb4 -e "$sql" || code=$?
  fi
  hf_rc query "$code"
}

main
