# Looks at the folder `root` as a restore will find it, as the account `user`, `uid`, `gid`. "$@" is a find expression
# for what is not looked into. `root_glob` is the path as a pattern that means only itself.
# Output: two NUL-ended records an entry: `TYPE DEVICE SIZE MTIME MODE UID GID READ PATH`, then a link's target. READ is
# 0 for what the account cannot read. Code `scan`: 0 and 1 are find's, 9: the root cannot be entered, 126: we are not
# the account.
# Facts: `missing`: how many folders above the root are not there where it is not. `tar`, `find`: what these call themselves. `root`: `folder`, `file`, `none`, or `link` where the way goes
# through a link that is not root's. `physical`: its path without links. `safe` 1: only root can change the way to it.
# `alone` 1: we can keep a program of the account out of its reach. `apart` 1: it is a mount. `free`, `inodes`: what is left there. `system`: the kind of file system. `project` 1: it has
# a project quota. `hardlinks`: fs.protected_hardlinks. `mounts`: mounts below, one a line, as /proc/self/mountinfo has
# them. `fixed`, `open`: the first immutable entries, and the first processes with something open there.

# Goes down one folder at a time; a link on the way must be root's, in a folder that only root writes.
enter() {
  cd /
  left=${1#/}
  while [ -n "$left" ]; do
    part=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $part in '' | .) continue ;; ..) return 1 ;; esac
    [ -z "$(find -P . -maxdepth 0 \( ! -uid 0 -o -perm /022 \))" ] || safe=0
    if [ -L "./$part" ]; then
      [ "$(stat -c %u . "./$part" | sort -u)" = 0 ] || return 1
      [ -z "$(find -P . -maxdepth 0 -perm /022)" ] || return 1
      cd -P "./$part" || return 1
    else
      here=$(pwd -P && echo .)
      here=${here%??}
      cd -P "./$part" 2>/dev/null || return 1
      [ "$(pwd -P && echo .)" = "${here%/}/$part
." ] || return 1
    fi
  done
}

look='
cd -- "$1" && [ -r . ] && [ -x . ] || exit 9
shift
all="%D %s %T@ %m %U %G"
find -P . -maxdepth 0 -printf "%y $all 1 \0\0" || exit
exec find -P . -mindepth 1 -xdev \
  \( "$@" \) -prune -printf "%y $all 1 %P\0%l\0" -o \
  -type d \( ! -readable -o ! -executable \) -prune -printf "%y $all 0 %P\0%l\0" -o \
  -type f ! -readable -printf "%y $all 0 %P\0%l\0" -o \
  -printf "%y $all 1 %P\0%l\0"
'

hf_fact tar "$(tar --version 2>/dev/null | head -n 1)"
hf_fact find "$(find --version 2>/dev/null | head -n 1)"
hf_fact hardlinks "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null || echo 1)"
safe=1
there=folder
physical=$root
if enter "$root"; then
  physical=$(pwd -P)
  hf_fact apart "$([ "$(stat -c %d .)" = "$(stat -c %d ..)" ] && ! grep -qF " $physical " /proc/self/mountinfo && echo 0 || echo 1)"
  hf_fact project "$(lsattr -d . 2>/dev/null | grep -c '^[^ ]*P' || :)"
elif [ -e "$root" ] || [ -L "$root" ]; then
  if [ -f "$root" ] && [ ! -L "$root" ]; then there=file; else there=link; fi
else
  there=none
  missing=0
  above=${root%/*}
  while [ -n "$above" ] && ! [ -e "$above" ] && ! [ -L "$above" ]; do
    missing=$((missing + 1))
    above=${above%/*}
  done
  hf_fact missing "$missing"
  safe=1
  if enter "${root%/*}/"; then
    [ -z "$(find -P . -maxdepth 0 \( ! -uid 0 -o -perm /022 \))" ] || safe=0
  fi
fi
hf_fact alone "$(hf_alone '' "$uid" "$gid" true && echo 1 || echo 0)"
hf_fact root "$there"
hf_fact physical "$physical"
hf_fact safe "$safe"
if [ "$there" != link ]; then
  hf_fact free "$(stat -f -c '%a %S' . | { read -r blocks size; echo $((blocks * size)); })"
  hf_fact inodes "$(stat -f -c %d .)"
  hf_fact system "$(stat -f -c %T .)"
fi
cd /
if [ "$there" = folder ]; then
  hf_fact mounts "$(cut -d ' ' -f 5 /proc/self/mountinfo 2>/dev/null | grep -F "$physical/" || :)"
  hf_fact fixed "$(hf_as "$user" "$uid" "$gid" lsattr -Ra "$root" 2>/dev/null | grep '^[-A-Za-z]*[ia][-A-Za-z]* ' | head -n 20 | cut -c 1-400 || :)"
  hf_fact open "$(find /proc/[0-9]*/cwd /proc/[0-9]*/fd -maxdepth 1 \( -lname "$root_glob" -o -lname "$root_glob/*" \) \
    -printf '%p\n' 2>/dev/null | cut -d / -f 3 | sort -u | head -n 20 | while read -r pid; do
      printf '%s %s\n' "$pid" "$(tr -d '\n' <"/proc/$pid/comm" 2>/dev/null || :)"
    done)"
  hf_send scan hf_as "$user" "$uid" "$gid" sh -c "$look" sh "$root" "$@"
else
  hf_send scan true
fi
