# Archives what root may read below `root` and the account may not. "$@" is a find expression of inode numbers;
# `whole` 1: all of it. No name comes in. Each name is opened from within its own folder, as the uid that owns it or,
# where that does not do, as root; links are never followed.
# Output: a pax tar with the names `@INODE/NAME…`, INODE being that of the folder where NAME lies.
# Stderr: `@at INODE` before what tar says of names there, `@rc CODE` after each tar. Fact `entered`: 0 where the root
# is not there or the way to it goes through a link that is not root's. Code `find`: find's own.

# Runs in a folder, on names that begin with ./
archive='
at=$(stat -c %i .) || exit
printf "@at %s\n" "$at" >&2

pack() {
  owner=$(stat -c %u:%g -- "$@" 2>/dev/null | head -n 1)
  [ -n "$owner" ] || return 0
  as=
  if [ "${owner%:*}" != 0 ] && command -v setpriv >/dev/null; then
    as="setpriv --reuid ${owner%:*} --regid ${owner#*:} --clear-groups --"
    cannot=$($as find -P "$@" -xdev \( -type d \( ! -readable -o ! -executable \) -o -type f ! -readable \) \
      -print -quit 2>&1 </dev/null) && [ -z "$cannot" ] || as=
  fi
  {
    code=0
    $as tar --create --file=- --blocking-factor=1 --format=posix --pax-option=delete=atime --acls --xattrs \
      --one-file-system --quoting-style=escape ${tagged:+--exclude-tag=.nobackup} \
      --transform="flags=rh;s,^\./,@$at/," -- "$@" </dev/null || code=$?
    printf "@rc %s\n" "$code" >&2
  } | head -c -1024
}

owners=$(stat -c %u:%g -- "$@" 2>/dev/null | sort -u | wc -l)
if [ "$owners" = 1 ]; then pack "$@"; else for name; do pack "$name"; done; fi
'

# Goes down one folder at a time; a link on the way must be root'"'"'s, in a folder that only root writes.
enter() {
  cd /
  left=${1#/}
  while [ -n "$left" ]; do
    part=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $part in '' | .) continue ;; ..) return 1 ;; esac
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

everything() {
  if [ "$whole" = 1 ]; then
    at=$(stat -c %i .)
    printf '@at %s\n' "$at" >&2
    {
      code=0
      tar --create --file=- --blocking-factor=1 --format=posix --pax-option=delete=atime --acls --xattrs \
        --no-recursion --quoting-style=escape --transform="flags=rh;s,^\.,@$at," . || code=$?
      printf '@rc %s\n' "$code" >&2
    } | head -c -1024
  fi
  code=0
  tagged=$tagged find -P . -mindepth 1 -xdev \( "$@" \) -prune -execdir sh -c "$archive" sh {} + || code=$?
  head -c 1024 /dev/zero
  return "$code"
}

if enter "$root"; then
  hf_fact entered 1
  hf_send find everything "$@"
else
  hf_fact entered 0
  head -c 1024 /dev/zero | hf_codec
fi
