# What the folders given as arguments are: path, uid of the owner, real path, the highest folder above it with the
# same owner, and 1 where it holds nothing but a web server's own first page.

owner() { stat -L -c %u -- "$1/" 2>/dev/null; }

# Only in a folder of root: another's could hold anything under these names.
is_stock() {
  case $(ls -A -- "$1") in
  '' | index.nginx-debian.html) return 0 ;;
  index.html) [ ! -L "$1/index.html" ] && [ -f "$1/index.html" ] &&
    grep -qE 'Default Page: It works|Welcome to nginx!' "$1/index.html" ;;
  *) return 1 ;;
  esac
}

main() {
  for root; do
    [ -d "$root/" ] || continue
    true=$(readlink -f -- "$root") || true=$root
    uid=$(owner "$true") || continue
    top=$true
    while [ "$uid" != 0 ] && [ "${top%/*}" != '' ] && [ "$(owner "${top%/*}")" = "$uid" ]; do top=${top%/*}; done
    stock=0
    [ "$uid" != 0 ] || ! is_stock "$true" || stock=1
    printf '%s\0' root 5 "$root" "$uid" "$true" "$top" "$stock"
  done
}

main "$@"
