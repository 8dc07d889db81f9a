# Archives the files and folders of the list `names`, relative to `root`, as the account `user`, `uid`, `gid`; not what
# lies in them. Every name begins with a dot, so that none is an option. Output: a pax tar. Code `tar`: tar's own.

listed() {
  names | hf_as "$user" "$uid" "$gid" tar -C "$root" --create --file=- --format=posix --pax-option=delete=atime \
    --acls --xattrs --one-file-system --quoting-style=escape --no-recursion --null -T -
}

hf_send tar listed
