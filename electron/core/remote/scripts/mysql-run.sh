# Runs the statements of `sql`, or where that is empty those that come as input, one a line, in the MySQL or MariaDB
# client, and prints their rows as its batch mode does: tab-separated, with `\n`, `\t`, `\0` and `\\` for what they stand for. `database`: the default one, or empty;
# `force`: 1 goes on after an error; `login`: an option file, secret, or empty for what root may do by itself;
# `defaults`: then, an option file of the system, or empty. Errors are on stderr with their line. Code `run`: the
# client's own, 125 where the input was not whole, 127 where there is no client.

run_it() {
  "$client" ${defaults:+"--defaults-file=$defaults"} ${file:+"--defaults-extra-file=$file"} --batch \
    --skip-column-names --binary-mode --local-infile=0 --connect-timeout=10 --max-allowed-packet=1G \
    --default-character-set=utf8mb4 ${forced:+--force} ${database:+"--database=$database"}
}

if hf_have mariadb; then client=mariadb; elif hf_have mysql; then client=mysql; else client=; fi
forced= file=
[ "$force" != 1 ] || forced=1
if [ -n "$login" ]; then
  # A ~/.my.cnf would win over the login.
  HOME=/nonexistent
  hf_tmp >/dev/null
  file=$hf_dir/login.cnf
  printf '%s' "$login" >"$file"
elif [ "$hf_uid" = 0 ]; then
  HOME=~root
fi
export HOME
code=127
if [ -n "$client" ]; then
  code=0
  if [ -n "$sql" ]; then printf '%s' "$sql" | run_it || code=$?; else hf_input run_it || code=$?; fi
fi
[ -z "$file" ] || rm -f "$file"
hf_rc run "$code"
