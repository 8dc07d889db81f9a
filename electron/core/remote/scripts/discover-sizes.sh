# KiB on disk below the folders and of the files "$@", on their own file system. `seconds`: how long that may take, or 0.

count() {
  if [ "$seconds" = 0 ]; then
    du "$@"
  else
    left=$((started + seconds - $(date +%s)))
    [ "$left" -gt 0 ] && timeout "$left" du "$@"
  fi
}

started=$(date +%s)
for path; do
  if [ -d "$path/" ]; then what=$path/; elif [ -f "$path" ]; then what=$path; else continue; fi
  size=$(count -skx -- "$what" 2>/dev/null | tail -n 1) || size=
  [ -z "$size" ] || printf '%s\0' size 2 "$path" "${size%%	*}"
done
