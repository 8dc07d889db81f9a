# KiB on disk below folders, on their own file system. Arguments: name and folder, in turn.

main() {
  while [ $# -ge 2 ]; do
    if [ -d "$2/" ]; then
      size=$(du -skx -- "$2/" 2>/dev/null | tail -n 1) || size=
      [ -z "$size" ] || printf '%s\0' size 2 "$1" "${size%%	*}"
    fi
    shift 2
  done
}

main "$@"
