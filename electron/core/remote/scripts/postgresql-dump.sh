# Dumps one database. "$@": the options of pg_dump. `login` as in postgresql-query.sh. Output: the dump. Code `dump`:
# pg_dump's own, 127 where there is none.

dump() {
  hf_have pg_dump || return 127
  if [ -n "$login" ]; then
    PGSERVICEFILE=/dev/stdin
    export PGSERVICEFILE
    printf '%s' "$login" | pg_dump "$@"
  elif [ "$hf_uid" = 0 ]; then
    uid=$(id -u postgres) || return 127
    hf_as postgres "$uid" "$(id -g postgres)" pg_dump "$@"
  else
    pg_dump "$@"
  fi
}

if hf_have pg_dump; then hf_fact version "$(pg_dump --version)"; fi
hf_send dump dump "$@"
