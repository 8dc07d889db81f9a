# Dumps each table or view "$@" of `database` to nowhere and prints `dumped NUL 2 NUL NAME NUL CODE NUL`. `login` and
# `defaults` as in mysql-query.sh; `flags`: options of the dump tool, none with a space.

dump() {
  if [ -n "$login" ]; then
    printf '%s' "$login" | "$tool" --defaults-extra-file=/dev/stdin $flags -- "$database" "$@" >/dev/null
  else
    "$tool" ${defaults:+"--defaults-file=$defaults"} $flags -- "$database" "$@" >/dev/null
  fi
}

main() {
  if hf_have mariadb-dump; then tool=mariadb-dump; else tool=mysqldump; fi
  if [ -n "$login" ]; then HOME=/nonexistent; elif [ "$hf_uid" = 0 ]; then HOME=~root; fi
  export HOME
  for table; do
    code=0
    dump "$table" || code=$?
    printf '%s\0' dumped 2 "$table" "$code"
  done
}

main "$@"
