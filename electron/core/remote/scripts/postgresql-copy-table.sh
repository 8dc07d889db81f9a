# Copies one table with its data and keys from a database into another of the same server. "$@": what pg_dump is to
# dump, as options. `source_login`, `target_login`: service files with the service `holdfast`, secret. Both tools run as
# nobody. Codes `dump` and `restore`: their own, 127 where there are none.

copy_it() {
  { hf_as nobody "$uid" "$gid" env PGSERVICEFILE=/proc/self/fd/7 PGCONNECT_TIMEOUT=10 pg_dump --no-password \
    --format=custom --compress=0 --dbname=service=holdfast "$@" 7<"$dir/source" || dump=$?
    hf_rc dump "${dump:-0}"; } |
    hf_as nobody "$uid" "$gid" env PGSERVICEFILE=/proc/self/fd/8 PGCONNECT_TIMEOUT=10 pg_restore --no-password \
      --no-owner --no-privileges --exit-on-error --single-transaction --dbname=service=holdfast 8<"$dir/target"
}

code=127
if hf_have pg_restore && hf_have pg_dump && uid=$(id -u nobody) && gid=$(id -g nobody); then
  code=0
  dir=$(hf_tmp)
  printf '%s' "$source_login" >"$dir/source"
  printf '%s' "$target_login" >"$dir/target"
  chown "$uid" "$dir/source" "$dir/target"
  copy_it "$@" || code=$?
  rm -f "$dir/source" "$dir/target"
fi
hf_rc restore "$code"
