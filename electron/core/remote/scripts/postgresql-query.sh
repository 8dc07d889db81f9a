# Runs `sql` in psql and prints what it prints, columns parted by tabs. `login`: a service file with the service
# `holdfast`, secret, or empty: then as the system's user postgres where we are root. `target`: a connection string.
# Code `query`: psql's own.

limited() {
  if hf_have timeout; then timeout 300 "$@"; else "$@"; fi
}

ask() {
  PGCONNECT_TIMEOUT=10
  export PGCONNECT_TIMEOUT
  if [ -n "$login" ]; then
    PGSERVICEFILE=/dev/stdin
    export PGSERVICEFILE
    printf '%s' "$login" | limited psql -XAtqw -F '	' -v ON_ERROR_STOP=1 -d "$target" -c "$sql"
  elif [ "$hf_uid" = 0 ]; then
    uid=$(id -u postgres) || return 127
    # A database's owner decides where names are looked for in it, but not for us: their functions must not run as us.
    PGOPTIONS='-c search_path=pg_catalog'
    export PGOPTIONS
    hf_as postgres "$uid" "$(id -g postgres)" psql -XAtqw -F '	' -v ON_ERROR_STOP=1 -d "$target" -c "$sql"
  else
    limited psql -XAtqw -F '	' -v ON_ERROR_STOP=1 -d "$target" -c "$sql"
  fi
}

main() {
  code=0
  if hf_have psql; then ask || code=$?; else code=127; fi
  hf_rc query "$code"
}

main
