# Looks at everything below `root` as the account `user`, `uid`, `gid`, once. "$@" is a find expression for what is left out.
# Output: `KIND INODE DEVICE LINKS SIZE PATH` records, each ended by a NUL; `names` 1 gives every record its path.
# Facts: `tar` and `find`, what these call themselves; `file` where the root is one. Code `scan`: 0 and 1 are find's, 9: the root cannot be entered.

scan='
cd -- "$1" && [ -r . ] && [ -x . ] || exit 9
plain=$2
link=$3
shift 3
find -P . -maxdepth 0 -printf "r %i %D %n 0 \0" || exit
exec find -P . -mindepth 1 -xdev \
  \( "$@" \) -prune -printf "x %i %D %n 0 %P\0" -o \
  -type d \( ! -readable -o ! -executable \) -prune -printf "D %i %D %n 0 %P\0" -o \
  -type d -printf "d %i %D %n 0 %P\0" -o \
  \( -type s -o -type p -o -type b -o -type c \) -printf "%y %i %D %n 0 %P\0" -o \
  -type f ! -readable -printf "u %i %D %n %s %P\0" -o \
  -type f -size +107374182400c -printf "L %i %D %n %s %P\0" -o \
  -type f -name .nobackup -printf "t %i %D %n %s %P\0" -o \
  -type f -links +1 -printf "h %i %D %n %s %P\0" -o \
  -type f -printf "$plain" -o \
  -printf "$link"
'

hf_fact tar "$(hf_version tar)"
hf_fact find "$(hf_version find)"
if [ -f "$root" ]; then hf_fact file 1; fi
if [ "$names" = 1 ]; then
  plain='f %i %D %n %s %P\0' link='o %i %D %n 0 %P\0'
else
  plain='f 0 0 1 %s \0' link='o 0 0 1 0 \0'
fi
hf_send scan hf_as "$user" "$uid" "$gid" sh -c "$scan" sh "$root" "$plain" "$link" "$@"
