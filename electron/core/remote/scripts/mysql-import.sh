# Reads a filtered dump, which comes as input, into `database`. `login`: the option file of a login that may do nothing
# else, secret. No statement waits longer than half a minute for somebody else's transaction. It stops at the first error. Code `import`: the client's own, 125 where the input was not whole, 127
# where there is no client.

import_it() {
  # Only `login` counts: a ~/.my.cnf would win over it.
  HOME=/nonexistent
  export HOME
  "$client" "--defaults-extra-file=$file" --batch --binary-mode --local-infile=0 --connect-timeout=10 \
    --init-command='SET lock_wait_timeout=30' \
    --max-allowed-packet=1G --default-character-set=utf8mb4 "--database=$database"
}

if hf_have mariadb; then client=mariadb; elif hf_have mysql; then client=mysql; else client=; fi
file=$(hf_tmp)/login.cnf
printf '%s' "$login" >"$file"
code=127
if [ -n "$client" ]; then
  code=0
  hf_input import_it || code=$?
fi
rm -f "$file"
hf_rc import "$code"
