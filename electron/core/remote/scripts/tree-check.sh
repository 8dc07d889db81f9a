# Reads back what lies below `root`, as the account `user`, `uid`, `gid`. "$@" is a find expression for what is not.
# Output: the records of restore-scan for what is looked at, a record `=`, then a line of sha256sum for each file.
# Code `check`: find's, 9: the root cannot be entered.

check='
cd -- "$1" || exit 9
shift
all="%D %s %T@ %m %U %G"
find -P . -mindepth 1 -xdev \( "$@" \) -prune -o -printf "%y $all 1 %P\0%l\0" || :
printf "=\0"
exec find -P . -mindepth 1 -xdev \( "$@" \) -prune -o -type f -readable -exec sha256sum -- {} +
'

hf_send check hf_as "$user" "$uid" "$gid" sh -c "$check" sh "$root" "$@"
