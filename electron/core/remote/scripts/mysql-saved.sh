# Keeps tables of a database, while they are replaced, in a file of the home of who is logged in: `.holdfast-<name>.sql`.
# `action`: `save` dumps into it, "$@" being options of the dump tool, `--` and the database; `look` says whether it is
# there; `back` reads it into `database`, by `login` only; `forget` removes it. `login` and `defaults` as in
# mysql-query.sh. Fact `tables`: how many of them are in what was saved. Code `saved`: the tool's own, 125 where a dump
# has no end, 126 where there is no file, 127 where there is no tool.

dump() {
  if hf_have mariadb-dump; then tool=mariadb-dump; elif hf_have mysqldump; then tool=mysqldump; else return 127; fi
  if [ -n "$login" ]; then
    # A ~/.my.cnf would win over the login.
    printf '%s' "$login" | HOME=/nonexistent "$tool" --defaults-extra-file=/dev/stdin "$@"
  else
    "$tool" ${defaults:+"--defaults-file=$defaults"} "$@"
  fi
}

save() {
  rm -f "$saved"
  dump "$@" >"$saved" || return $?
  case $(tail -n 1 "$saved") in '-- Dump completed'*) ;; *) return 125 ;; esac
  hf_fact tables "$(grep -acE '^-- (Table|Sequence) structure for ' "$saved")"
  # What it is kept for begins now, and the power may fail then.
  sync "$saved" || sync
}

back() {
  [ -f "$saved" ] || return 126
  if hf_have mariadb; then client=mariadb; elif hf_have mysql; then client=mysql; else return 127; fi
  file=$(hf_tmp)/login.cnf
  printf '%s' "$login" >"$file"
  code=0
  HOME=/nonexistent "$client" "--defaults-extra-file=$file" --batch --binary-mode --local-infile=0 \
    --connect-timeout=10 --max-allowed-packet=1G --default-character-set=utf8mb4 \
    --init-command='SET lock_wait_timeout=30' "--database=$database" <"$saved" || code=$?
  rm -f "$file"
  return "$code"
}

[ "$hf_uid" != 0 ] || HOME=~root
saved=$HOME/.holdfast-$name.sql
code=0
case $action in
  save) save "$@" || code=$? ;;
  back) back || code=$? ;;
  look) [ -f "$saved" ] || code=126 ;;
  forget) rm -f "$saved" ;;
esac
hf_rc saved "$code"
