# Reads a dump in pg_dump's custom format, which comes as input, into a database. "$@": options of pg_restore. `login`:
# a service file with the service `holdfast`, secret; `list`: the entries that are wanted, as --use-list takes them.
# pg_restore runs as nobody, where it can out of reach of others who do. What it could not make is on stderr by its entry. Code `import`: its own, 125 where the
# input was not whole, 127 where there is no pg_restore.

import_it() {
  "$runner" nobody "$uid" "$gid" env PGSERVICEFILE=/proc/self/fd/7 PGCONNECT_TIMEOUT=10 \
    pg_restore --no-password --use-list=/proc/self/fd/8 "$@" 7<"$dir/service" 8<"$dir/list"
}

code=127
if hf_have pg_restore && uid=$(id -u nobody) && gid=$(id -g nobody); then
  code=0
  runner=hf_as
  if hf_alone nobody "$uid" "$gid" true; then runner=hf_alone; fi
  dir=$(hf_tmp)
  printf '%s' "$login" >"$dir/service"
  printf '%s' "$list" >"$dir/list"
  chown "$uid" "$dir/service" "$dir/list"
  hf_input import_it "$@" || code=$?
  rm -f "$dir/service" "$dir/list"
fi
hf_rc import "$code"
