# Archives everything below `root` as the account `user`, `uid`, `gid`. "$@" are further options of tar.
# Output: a pax tar. Code `tar`: tar's own.

hf_send tar hf_as "$user" "$uid" "$gid" tar -C "$root" --create --file=- --format=posix --pax-option=delete=atime \
  --acls --xattrs --one-file-system --quoting-style=escape "$@" .
