# Runs the statements of `sql`, each on its own, in psql as the system's user postgres, and prints what it prints: one
# row a line, columns parted by tabs. `target`: a connection string. It stops at the first error, which is on stderr
# with its code. Code `run`: psql's own, 127 where there is none.

run_it() {
  uid=$(id -u postgres) || return 127
  PGCONNECT_TIMEOUT=10
  # A database's owner decides where names are looked for in it, but not for us.
  PGOPTIONS='-c search_path=pg_catalog'
  export PGCONNECT_TIMEOUT PGOPTIONS
  # By a builtin, so that no value of a statement is in a process list.
  printf '%s\n' "$sql" | hf_as postgres "$uid" "$(id -g postgres)" psql -XAtqw -F '	' -v ON_ERROR_STOP=1 \
    -v VERBOSITY=verbose -d "$target" -f -
}

main() {
  code=0
  if hf_have psql; then run_it || code=$?; else code=127; fi
  hf_rc run "$code"
}

main
