# Works with a staging folder: `new` in it holds what will be put below `root`, `old` what was there. `inside` 0: it is
# `name` beside `root` and root's alone; 1: it is `name` in it, and all is done as the account `user`, `uid`, `gid`.
# No folder is gone through that was a link when it was looked at, and what is renamed lies in folders that are open.
# `around`: the time that the root had before, where the staging folder lies in it, as `stamp` told it, or empty; a run
# that ended before the folder was whole leaves the root with another one.
# `action` is one of
#   stamp       fact `time`: the root's own, empty where it is not there; changes nothing
#   prepare     make the staging folder and extract the tar that comes as input, as the account. `make` not empty: make
#               the root with that mode where it is not there, and the folders on the way to it as root's. Code `start` 17: there is a staging folder already;
#               code `extract`: that of tar, 125: the input was not whole; fact `held`: the first processes that have
#               something in `new` open.
#   attributes  what comes as input, triples `OPERATION VALUE PATH` ended by NUL each, is done in `new`. Code `done`:
#               0, 125, or else something is not as it was sent. Stderr has `@skipped OPERATION` for what the server did
#               not take. `sum`: SHA-256 of a file; `mode`: `MODE:NAMES`, for a file with so many names only.
#   list        keeps the input, pairs `OPERATION PATH`, as `do` or, where `back` is 1, as `undo`. Code `list`.
#   do          does what `do` says, in order; code `done`.
#   back        does what `undo` says where there is such a list, then, unless `stay` is 1, removes the staging folder;
#               code `done`. `unmake` as for `clear`.
#   carry       moves the names that come as input, ended by NUL each, from the folder `carry_from` of the staging folder
#               to the folder `carry_to` of the root, which both are there; what is there already stays. Code `done`.
#   clear       removes the staging folder; code `done`. `unmake`: and so many empty folders from the root up.
# Operations of `do` and their contraries: `o` moves PATH of the root to `old`, `k` moves it from `old` to `new`, `n` from
# `new` to the root; `O`, `K`, `N` move it back where it was moved. `t` and `T` set the root's own time.
# `p` makes the folder PATH of the root where it is not there, `P` removes it where it is empty.

tree='
umask 077
root=$2 place=$3
verb=$1
shift 3
there() { [ -e "$1" ] || [ -L "$1" ]; }
fail() {
  printf "@failed %s\n" "$*" >&2
  exit 255
}

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

# Into the folder $1, which is trusted, and from there down $2.
below() {
  cd -P -- "$1" || return 1
  left=$2
  while [ -n "$left" ]; do
    part=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $part in "" | . | ..) return 1 ;; esac
    [ ! -L "./$part" ] && [ -d "./$part" ] || return 1
    into "$part" || return 1
  done
}

split() {
  name=${1##*/}
  case $1 in */*) folder=${1%/*} ;; *) folder= ;; esac
}

# rename(2) and nothing else: never a copy.
rename() {
  if command -v perl >/dev/null; then
    perl -e "rename(\$ARGV[0], \$ARGV[1]) or do { print STDERR \"\$ARGV[0]: \$!\\n\"; exit 1 }" -- "$1" "$2"
  elif command -v python3 >/dev/null; then
    python3 -c "import os,sys; os.rename(sys.argv[1], sys.argv[2])" "$1" "$2"
  else
    [ "$(stat -c %d -- "$1")" = "$(stat -c %d -- "${2%/*}/.")" ] && mv -T -- "$1" "$2"
  fi
}

# The path $3 from the folder $1 into the folder $2. The folders around it keep their times.
move() {
  split "$3"
  below "$1" "$folder" || fail "the way to $3"
  exec 7<.
  below "$2" "$folder" || fail "the way for $3"
  exec 8<.
  touch -r /proc/self/fd/7 /proc/self/fd/4/from
  touch -r /proc/self/fd/8 /proc/self/fd/4/to
  rename "/proc/self/fd/7/$name" "/proc/self/fd/8/$name" || fail "$3"
  touch -r /proc/self/fd/4/from /proc/self/fd/7 || :
  touch -r /proc/self/fd/4/to /proc/self/fd/8 || :
}

# Whether $2 is below $1, without a link on the way.
holds() {
  split "$2"
  (below "$1" "$folder" && there "./$name")
}

# The folder of $3 is made below $2, with owners and modes as below $1. With a fourth word, what is in the way there moves
# to `late`: who has an open folder in what stays may put it there.
parents() {
  split "$3"
  rest=$folder
  done=
  while [ -n "$rest" ]; do
    step=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    below "$2" "$done" || return 1
    if [ -n "${4:-}" ] && there "./$step" && { [ -L "./$step" ] || [ ! -d "./$step" ]; }; then
      exec 7<.
      late=$(mktemp -d /proc/self/fd/4/late/XXXXXXXX) && rename "/proc/self/fd/7/$step" "$late/it" || return 1
    fi
    if ! there "./$step"; then
      touch -r . /proc/self/fd/4/to
      mkdir -m 700 "./$step" || return 1
      touch -r /proc/self/fd/4/to . || :
      # Who has an open folder in what stays may reach this one already.
      below "$2" "${done:+$done/}$step" || return 1
      exec 8<.
      below "$1" "${done:+$done/}$step" || return 1
      chown --reference=. /proc/self/fd/8 2>/dev/null || :
      chmod --reference=. /proc/self/fd/8 || return 1
      touch -r . /proc/self/fd/8 || :
    fi
    done=${done:+$done/}$step
  done
}

home=/proc/self/fd/3 new=/proc/self/fd/4/new old=/proc/self/fd/4/old
open_both() {
  cd -P -- "$root" && exec 3<. && cd -P -- "$place" && exec 4<. && cd /
}

one() {
  case $1 in
    o)
      holds "$home" "$2" || return 0
      case $2 in */*) mkdir -p -- "$old/${2%/*}" || fail "$2" ;; esac
      move "$home" "$old" "$2"
      ;;
    k)
      holds "$old" "$2" || return 0
      if holds "$new" "$2"; then fail "$2 is in the way"; fi
      parents "$old" "$new" "$2" || fail "the folders for $2"
      move "$old" "$new" "$2"
      ;;
    n | O)
      if [ "$1" = n ]; then from=$new; else from=$old; fi
      holds "$from" "$2" || return 0
      tries=0
      while holds "$home" "$2"; do
        [ "$tries" -lt 5 ] || fail "$2 comes again and again"
        tries=$((tries + 1))
        split "$2"
        below "$home" "$folder" && exec 7<. || fail "the way to $2"
        late=$(mktemp -d /proc/self/fd/4/late/XXXXXXXX) || fail "$2"
        rename "/proc/self/fd/7/$name" "$late/it" || :
      done
      move "$from" "$home" "$2"
      ;;
    N)
      if holds "$new" "$2" || ! holds "$home" "$2"; then return 0; fi
      move "$home" "$new" "$2"
      ;;
    K)
      if holds "$old" "$2" || ! holds "$new" "$2"; then return 0; fi
      parents "$new" "$old" "$2" aside || fail "the folders for $2"
      move "$new" "$old" "$2"
      ;;
    p)
      split "$2"
      below "$home" "$folder" || fail "the way to $2"
      there "./$name" || mkdir -m 700 "./$name" || fail "$2"
      ;;
    P)
      split "$2"
      if (below "$home" "$folder"); then below "$home" "$folder" && rmdir "./$name" 2>/dev/null || :; fi
      ;;
    t) touch -d "$2" "$home" 2>/dev/null || : ;;
    T) touch -r /proc/self/fd/4/time "$home" 2>/dev/null || : ;;
    *) fail "$1 is no operation" ;;
  esac
}

set_one() {
  split "$3"
  below "$new" "$folder" && there "./$name" || fail "$3 is not there"
  case $1 in
    sum)
      [ ! -L "./$name" ] && [ -f "./$name" ] || fail "$3 is no file"
      [ "$(sha256sum <"./$name" | cut -c 1-64)" = "$2" ] || fail "$3 is not what was sent"
      return 0
      ;;
    own) chown -h -- "$2" "./$name" ;;
    mode)
      if [ -L "./$name" ]; then fail "$3 is a link"; fi
      { [ -d "./$name" ] || [ "$(stat -c %h "./$name")" = "${2#*:}" ]; } && chmod -- "${2%:*}" "./$name"
      ;;
    acl) printf "%s\n" "$2" | setfacl -P -M - -- "./$name" ;;
    dacl) printf "%s\n" "$2" | setfacl -P -d -M - -- "./$name" ;;
    xattr) setfattr -h -n "${2%%=*}" -v "${2#*=}" -- "./$name" ;;
    *) fail "$1 is no operation" ;;
  esac 2>/dev/null || printf "@skipped %s\n" "$1" >&2
}

case $verb in
  start)
    cd -P -- "${place%/*}/" || exit 1
    if there "./${place##*/}"; then exit 17; fi
    stamp=$(stat -c %.9Y -- "$root") || exit 1
    mkdir -m 700 "./${place##*/}" && cd "./${place##*/}" && mkdir -m 700 new old late || exit 1
    touch -d "@$stamp" time && { [ "${place%/*}" != "$root" ] || touch -r time .. || :; }
    ;;
  stamp) stat -c %.9Y -- "$root" 2>/dev/null || : ;;
  keep) cat >"$place/$1.part" && sync "$place/$1.part" && mv -T "$place/$1.part" "$place/$1" ;;
  walk)
    open_both || exit 255
    while [ $# -gt 1 ]; do
      # Somebody may rename things there all the time; each operation looks first what is left of it to do.
      again=0
      until (one "$1" "$2"); do
        again=$((again + 1))
        [ "$again" -lt 20 ] || exit 255
      done
      shift 2
    done
    ;;
  set)
    open_both || exit 255
    while [ $# -gt 2 ]; do
      set_one "$1" "$2" "$3"
      shift 3
    done
    ;;
  read)
    [ -f "$place/$1" ] || exit 0
    cat "$place/$1"
    ;;
  carry)
    open_both || exit 255
    below /proc/self/fd/4 "$1" && exec 7<. && below "$home" "$2" && exec 8<. || exit 255
    cd /proc/self/fd/7 && xargs -0 -r mv -n -t /proc/self/fd/8/ --
    ;;
  clear)
    cd -P -- "${place%/*}/" || exit 0
    there "./${place##*/}" || exit 0
    [ ! -L "./${place##*/}" ] || exit 1
    [ "$(stat -c %u "./${place##*/}")" = "$(id -u)" ] || exit 1
    stamp=@$(stat -c %.9Y .)
    if [ -n "${1:-}" ] && ! there "./${place##*/}/time"; then stamp=$1; fi
    rm -rf --one-file-system -- "./${place##*/}" || exit 1
    touch -d "$stamp" . || :
    ;;
esac
'

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
    [ -z "$(find -P . -maxdepth 0 \( ! -uid 0 -o -perm /022 \))" ] || return 1
    if [ -n "$make" ] && ! [ -e "./$part" ] && ! [ -L "./$part" ]; then mkdir -m 755 -- "./$part" || return 1; fi
    if [ -L "./$part" ]; then
      [ "$(stat -c %u . "./$part" | sort -u)" = 0 ] || return 1
      cd -P "./$part" || return 1
    else
      into "$part" || return 1
    fi
  done
}

act() {
  if [ "$inside" = 1 ]; then hf_as "$user" "$uid" "$gid" sh -c "$tree" sh "$@"; else sh -c "$tree" sh "$@"; fi
}

unmake() {
  gone=$root
  while [ "$unmake" -gt 0 ] && rmdir -- "$gone" 2>/dev/null; do
    unmake=$((unmake - 1))
    gone=${gone%/*}
  done
}

each() {
  act read "$root" "$place" "$1" | {
    if [ "$inside" = 1 ]; then
      hf_as "$user" "$uid" "$gid" xargs -0 -r -x -n 60 -s 1000000 sh -c "$tree" sh "$2" "$root" "$place"
    else xargs -0 -r -x -n 60 -s 1000000 sh -c "$tree" sh "$2" "$root" "$place"; fi
  }
}

# Whoever gets into the new tree could change the names that root sets owners and modes by. A look at what has it open
# does not see what waits in a socket, so nobody may have it open at all.
extract() {
  if [ "$inside" = 1 ]; then extract_by hf_as; else cd -P -- "$place/new" && extract_by hf_alone; fi
}

extract_by() {
  "$1" "$user" "$uid" "$gid" sh -c '
    [ "$1" = 0 ] || cd -P -- "$2" || exit
    umask 022
    exec tar --extract --file=- --preserve-permissions --no-same-owner --delay-directory-restore --no-overwrite-dir \
      --no-acls --no-xattrs --no-selinux --warning=no-timestamp' sh "$inside" "$place/new"
}

set_all() { xargs -0 -r -x -n 60 -s 1000000 sh -c "$tree" sh set "$root" "$place"; }
set_as() { hf_as "$user" "$uid" "$gid" xargs -0 -r -x -n 60 -s 1000000 sh -c "$tree" sh set "$root" "$place"; }

start() {
  if [ "$inside" != 1 ] || { [ -n "$make" ] && [ "$hf_uid" = 0 ]; }; then
    enter "${root%/*}/" || return 3
    if [ -n "$make" ] && ! [ -e "$root" ]; then
      mkdir -m 700 -- "$root" && chown "$uid:$gid" -- "$root" && chmod "$make" -- "$root" || return
    fi
    [ -d "$root" ] && [ ! -L "$root" ] || return 3
    cd /
  fi
  act start "$root" "$place" || return
  [ "$inside" = 1 ] || chown "$uid:$gid" "$place/new"
}

if [ "$inside" = 1 ]; then place=$root/$name; else place=${root%/*}/$name; fi
# A run whose client is gone may still be at work for a while. Its programs have the lock open until they end.
if [ "$hf_uid" = 0 ]; then lock=/run/$name.lock; else lock=$place; fi
if hf_have flock && { [ "$hf_uid" = 0 ] || [ -d "$place" ]; }; then
  if [ "$hf_uid" = 0 ]; then exec 9>>"$lock"; else exec 9<"$lock"; fi
  flock -w 100 9 || {
    printf '%s\n' 'an earlier run is still at work there' >&2
    action=busy
  }
fi

code=0
case $action in
  busy)
    for each in start list done; do hf_rc "$each" 11; done
    ;;
  stamp) hf_fact time "$(act stamp "$root" "$place")" ;;
  prepare)
    start || code=$?
    hf_rc start "$code"
    if [ "$code" = 0 ]; then
      hf_input extract || code=$?
      hf_rc extract "$code"
    fi
    if [ "$code" = 0 ] && [ "$inside" != 1 ]; then
      cd /
      chown 0:0 "$place/new"
      # Twice, for a process may hide from one look by making another.
      held=$(
        for look in 1 2; do
          find /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/fd -maxdepth 1 \
            \( -lname "$glob/$name" -o -lname "$glob/$name/*" \) -printf '%p\n' 2>/dev/null || :
          grep -lF "/$name/" /proc/[0-9]*/maps 2>/dev/null || :
        done | cut -d / -f 3 | sort -u | head -n 20
      )
      hf_fact held "$held"
    fi
    ;;
  attributes)
    if [ "$inside" = 1 ]; then hf_input set_as || code=$?; else hf_input set_all || code=$?; fi
    hf_rc done "$code"
    ;;
  list)
    if [ "$back" = 1 ]; then what=undo; else what=do; fi
    hf_input act keep "$root" "$place" "$what" || code=$?
    hf_rc list "$code"
    ;;
  do)
    each do walk || code=$?
    hf_rc done "$code"
    ;;
  back)
    each undo walk || code=$?
    if [ "$code" = 0 ] && [ "$stay" != 1 ]; then
      act clear "$root" "$place" "$around" || code=$?
      unmake
    fi
    if [ "$hf_uid" = 0 ]; then rm -f -- "$lock"; fi
    hf_rc done "$code"
    ;;
  carry)
    hf_input act carry "$root" "$place" "$carry_from" "$carry_to" || code=$?
    hf_rc done "$code"
    ;;
  clear)
    act clear "$root" "$place" "$around" || code=$?
    unmake
    if [ "$hf_uid" = 0 ]; then rm -f -- "$lock"; fi
    hf_rc done "$code"
    ;;
esac
