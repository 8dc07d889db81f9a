# Works with Dovecot's lists of keywords below the folder `root`, as the account `user`, `uid`, `gid`. No folder below it
# is gone through that is a link. `action` is one of
#   read    prints, for each folder of "$@" (empty: the root), a record `list 2 FOLDER CONTENT` as discover.sh does
#   add     what comes as input, pairs `FOLDER LINES` ended by NUL each: writes the lines that are not in the list yet.
#           Code `done`: 0; else a list is not what was read, which stderr tells with `@changed`, or was locked.
#   remove  takes these lines away again, but those whose letter a message there has. Code `done`.
# A list is changed as Dovecot does it: under the lock of the folder's numbers, by a new file, later by a second at least.

lists='
umask 077
verb=$1 root=$2
shift 2
list=./dovecot-keywords
lock=./dovecot-uidlist.lock

below() {
  cd -P -- "$root" || return 1
  left=$1
  while [ -n "$left" ]; do
    part=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $part in "" | . | ..) return 1 ;; esac
    [ ! -L "./$part" ] && [ -d "./$part" ] || return 1
    here=$(pwd -P && echo .)
    here=${here%??}
    cd -P "./$part" 2>/dev/null || return 1
    [ "$(pwd -P && echo .)" = "${here%/}/$part
." ] || return 1
  done
}

locked() {
  tries=0
  until (set -C && : >"$lock") 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then
      echo "the folder is locked by somebody else" >&2
      return 1
    fi
    find "$lock" -maxdepth 0 -mmin +2 -delete 2>/dev/null || :
    sleep 0.5 2>/dev/null || sleep 1
  done
  trap "rm -f $lock $list.lock" EXIT
  trap "exit 255" HUP INT TERM
}

content() { if [ -f "$list" ]; then cat "$list" && { [ -z "$(tail -c 1 "$list")" ] || echo; }; fi; }

changed() {
  echo "@changed" >&2
  exit 255
}

put() {
  before=$(stat -c %Y "$list" 2>/dev/null || echo 0)
  rm -f "$list.lock"
  (set -C && printf %s "$1" >"$list.lock") || exit 255
  if [ -f "$list" ]; then
    chgrp --reference="$list" "$list.lock" 2>/dev/null || :
    chmod --reference="$list" "$list.lock" || exit 255
  fi
  [ "$(stat -c %Y "$list.lock")" -gt "$before" ] || touch -d "@$((before + 1))" "$list.lock"
  sync "$list.lock" && mv -T "$list.lock" "$list" || exit 255
}

add() {
  if [ -L "$list" ] || { [ -e "$list" ] && [ ! -f "$list" ]; }; then changed; fi
  now=$(content && echo .) && now=${now%.} || exit 255
  more=
  while IFS= read -r line; do
    if printf %s "$now" | grep -qxF -e "$line"; then continue; fi
    if printf %s "$now" | grep -q "^${line%% *} "; then changed; fi
    if printf %s "$now" | cut -d " " -f 2- | grep -qixF -e "${line#* }"; then changed; fi
    more="$more$line
"
  done <<LINES
$1
LINES
  [ -z "$more" ] || put "$now$more"
}

remove() {
  [ -f "$list" ] && [ ! -L "$list" ] || return 0
  now=$(content && echo .) && now=${now%.} || exit 255
  left=$now
  while IFS= read -r line; do
    letter=$(printf "\\$(printf %o $((97 + ${line%% *})))")
    if [ -n "$(find cur new -maxdepth 1 -name "*:2,*$letter*" -print 2>/dev/null | head -n 1)" ]; then continue; fi
    left=$(printf %s "$left" | grep -vxF -e "$line" || :; echo .) && left=${left%.}
  done <<LINES
$1
LINES
  if [ -z "$left" ]; then rm -f "$list"; elif [ "$left" != "$now" ]; then put "$left"; fi
}

case $verb in
  read)
    for folder in "$@"; do
      (
        below "$folder" && [ -f "$list" ] && [ ! -L "$list" ] || exit 0
        printf "list\0002\000%s\000" "$folder"
        head -c 65536 "$list" | tr -d "\000"
        printf "\000"
      )
    done
    ;;
  *)
    while [ $# -gt 1 ]; do
      (below "$1" || exit 255; locked || exit 255; "$verb" "$2") || exit 255
      shift 2
    done
    ;;
esac
'

change() {
  hf_as "$user" "$uid" "$gid" xargs -0 -r -n 2 -s 100000 sh -c "$lists" sh "$action" "$root"
}

case $action in
  read) hf_send read hf_as "$user" "$uid" "$gid" sh -c "$lists" sh read "$root" "$@" ;;
  *)
    code=0
    hf_input change || code=$?
    hf_rc done "$code"
    ;;
esac
