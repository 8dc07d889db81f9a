# Looks at the folder `root` as a restore will find it, as the account `user`, `uid`, `gid`. "$@" is a find expression
# for what is not looked into. `depth`: `all`, `listed` for what the list `only` names, each beginning with `./`, or
# `none`. `root_glob` is the path as a pattern that means only itself.
# Output: two NUL-ended records an entry: `TYPE DEVICE SIZE MTIME MODE UID GID READ PATH`, then a link's target. READ is
# 0 for what the account cannot read. Code `scan`: 0 and 1 are find's, 9: the root cannot be entered, 126: we are not
# the account.
# Facts: `missing`: how many folders above the root are not there where it is not. `tar`, `find`: what these call themselves. `root`: `folder`, `file`, `none`, or `link` where the way goes
# through a link that is not root's. `physical`: its path without links. `safe` 1: only root can change the way to it.
# `alone` 1: we can keep a program of the account out of its reach. `apart` 1: it is a mount. `free`, `inodes`: what is left there. `system`: the kind of file system. `project` 1: it has
# a project quota. `hardlinks`: fs.protected_hardlinks. `mounts`: mounts below, one a line, as /proc/self/mountinfo has
# them. `fixed`, `open`: the first immutable entries, and the first processes with something open there.

# Into the folder $1 of this one, which is no link, whatever somebody makes of its name meanwhile.
into() {
  if [ -r . ]; then
    exec 6<.
    entered=1
    cd -P "./$1" 2>/dev/null && [ .. -ef /proc/self/fd/6 ] && entered=0
    exec 6<&-
    return "$entered"
  fi
  here=$(pwd -P && echo .)
  here=${here%??}
  cd -P "./$1" 2>/dev/null && [ "$(pwd -P && echo .)" = "${here%/}/$1
." ]
}

# Goes down one folder at a time; a link on the way must be root's, in a folder that only root writes.
enter() {
  cd -P /
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
      into "$part" || return 1
    fi
  done
}

# What lsattr says of what is looked at.
attributes() {
  case $depth in
  all) hf_as "$user" "$uid" "$gid" lsattr -Ra "$root" ;;
  listed) only | hf_as "$user" "$uid" "$gid" sh -c 'cd -- "$1" && exec xargs -0 lsattr -Ra --' sh "$root" ;;
  esac
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

hf_fact tar "$(hf_version tar)"
hf_fact find "$(hf_version find)"
hardlinks=1
{ read -r hardlinks </proc/sys/fs/protected_hardlinks; } 2>/dev/null || :
hf_fact hardlinks "$hardlinks"
line_end='
'
safe=1
there=folder
physical=$root
if enter "$root"; then
  physical=$(pwd -P)
  devices=$(stat -c %d . ..)
  apart=1
  if [ "${devices%%$line_end*}" = "${devices##*$line_end}" ] && ! grep -qF " $physical " /proc/self/mountinfo; then apart=0; fi
  hf_fact apart "$apart"
  flags=$(lsattr -d . 2>/dev/null) || flags=
  case ${flags%% *} in *P*) hf_fact project 1 ;; *) hf_fact project 0 ;; esac
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
  space=$(stat -f -c '%a %S %d %T' .)
  read -r blocks size inodes system <<END
$space
END
  hf_fact free "$((blocks * size))"
  hf_fact inodes "$inodes"
  hf_fact system "$system"
fi
cd /
if [ "$there" = folder ]; then
  mounts=
  while read -r _ _ _ _ at _; do
    case $at in *"$physical/"*) mounts="$mounts$at$line_end" ;; esac
  done 2>/dev/null </proc/self/mountinfo || :
  hf_fact mounts "${mounts%"$line_end"}"
  hf_fact fixed "$(attributes 2>/dev/null | grep -m 20 '^[-A-Za-z]*[ia][-A-Za-z]* ' | cut -c 1-400 || :)"
  open=$(find /proc/[0-9]*/cwd /proc/[0-9]*/fd -maxdepth 1 \( -lname "$root_glob" -o -lname "$root_glob/*" \) \
    -printf '%p\n' 2>/dev/null || :)
  [ -z "$open" ] || open=$(printf '%s\n' "$open" | cut -d / -f 3 | sort -u | head -n 20 | while read -r pid; do
    printf '%s %s\n' "$pid" "$(tr -d '\n' <"/proc/$pid/comm" 2>/dev/null || :)"
  done)
  hf_fact open "$open"
  hf_send scan hf_as "$user" "$uid" "$gid" sh -c "$look" sh "$root" "$@"
else
  hf_send scan true
fi
