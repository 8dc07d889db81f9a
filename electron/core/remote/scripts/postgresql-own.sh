# What an account's own login does to one database where it may not make a second one. `login`: a service file with the
# service `holdfast`, secret; `name`: what the saved dump is called in the home; `action`: `save` dumps the database
# into that file, `import` reads the dump that comes as input, only the entries of `list`, `back` reads the saved dump,
# `forget` removes it. "$@": options of pg_restore. Code `own`: the tool's own, 125 where the input was not whole, 127
# where there is no tool.

run_it() {
  hf_have pg_dump && hf_have pg_restore || return 127
  case $action in
  save)
    rm -f "$saved"
    pg_dump --no-password --format=custom --compress=0 --file="$saved" --dbname=service=holdfast
    ;;
  import) hf_input pg_restore --no-password --use-list="$dir/list" --dbname=service=holdfast "$@" ;;
  back) [ ! -e "$saved" ] || pg_restore --no-password --dbname=service=holdfast "$@" "$saved" ;;
  forget) rm -f "$saved" ;;
  esac
}

dir=$(hf_tmp)
saved=$HOME/.holdfast-$name.dump
printf '%s' "$login" >"$dir/service"
printf '%s' "$list" >"$dir/list"
PGSERVICEFILE=$dir/service PGCONNECT_TIMEOUT=10
export PGSERVICEFILE PGCONNECT_TIMEOUT
code=0
run_it "$@" || code=$?
rm -f "$dir/service" "$dir/list"
hf_rc own "$code"
