# Puts one file in the place of another, beside which the old one stays until it is let go. `action`:
#   read     the file as it is, as payload; codes `kind` (0 a file, 1 nothing there, 2 something else), `read`
#   prepare  the input becomes the new file, beside the old one. Code `place`: 0, 125 where the input was not whole
#   apply    the old file, and its companions, move aside and the new one takes its place; `expected` is the SHA-256 that
#            the old one must have, `none` where nothing may be there, or empty for any. Code `place`: 0, 3 where it differs
#   sum      the file's SHA-256 as the fact `sum`, its `UID GID MODE` as the fact `facts`
#   rollback the old one comes back; with `made` 1, where there was none, the new one goes, if its SHA-256 is `placed`
#   commit   the old one goes
#   remove   the file goes
# `path`: absolute; `uid`, `gid`, `mode`: of the new file; `mark`: names ours. "$@": endings of companions, files that
# belong to the old one only, like a database's log. Done by uid 0 only where nobody else can write to a folder on the
# way; else by the file's owner. Code `unsafe`: such a folder was found and nothing was done.

new=${path%/*}/.holdfast-$mark-new
old=${path%/*}/.holdfast-$mark-old

unsafe() {
  way=${path%/*}
  while :; do
    [ -z "$(find "${way:-/}" -maxdepth 0 \( -type l -o ! -uid 0 -o -perm /022 \) 2>/dev/null)" ] || return 0
    [ -n "$way" ] || return 1
    way=${way%/*}
  done
}

owner() {
  if [ "$hf_uid" = "$uid" ]; then "$@"; else hf_as '' "$uid" "$gid" "$@"; fi
}

there() { [ -e "$1" ] || [ -L "$1" ]; }

kind() {
  if owner test -L "$path"; then return 2; fi
  if owner test -f "$path"; then return 0; fi
  if owner test -e "$path"; then return 2; fi
  return 1
}

sum_of() {
  text=$(owner sha256sum -- "$1") || return 1
  text=${text#\\}
  printf '%s' "${text%% *}"
}

receive() { owner sh -c 'umask 077 && cat >"$1"' sh "$new"; }

# Old and companions are gone from their places last first and come back in the other order.
aside() {
  for ending; do
    if owner test -f "$path$ending"; then owner mv -f -- "$path$ending" "$old$ending" || return 1; fi
  done
  if kind; then owner mv -f -- "$path" "$old" || return 1; fi
}

back() {
  if owner test -f "$old"; then owner mv -f -- "$old" "$path" || return 1; fi
  for ending; do
    if owner test -f "$old$ending"; then owner mv -f -- "$old$ending" "$path$ending" || return 1; fi
  done
}

place() {
  if [ "$action" = apply ]; then
    now=none
    if kind; then now=$(sum_of "$path") || return 1; fi
    if [ -n "$expected" ] && [ "$expected" != "$now" ]; then return 3; fi
  fi
  case $action in
    prepare)
      owner rm -f -- "$new" || return 1
      hf_input receive || return $?
      owner chmod "$mode" -- "$new"
      ;;
    apply) aside "$@" && owner mv -- "$new" "$path" ;;
    rollback)
      owner rm -f -- "$new" || return 1
      if [ "$made" = 1 ] && [ "$(sum_of "$path")" = "$placed" ]; then owner rm -f -- "$path" || return 1; fi
      back "$@"
      ;;
    commit)
      owner rm -f -- "$old" || return 1
      for ending; do owner rm -f -- "$old$ending" || return 1; done
      ;;
    remove) owner rm -f -- "$path" ;;
  esac
}

if [ "$uid" = 0 ] && unsafe; then
  hf_rc unsafe 1
else
  code=0
  case $action in
    read)
      kind || code=$?
      hf_rc kind "$code"
      if [ "$code" = 0 ]; then hf_send read owner cat -- "$path"; fi
      ;;
    sum)
      hf_fact sum "$(sum_of "$path" || :)"
      hf_fact facts "$(owner stat -c '%u %g %a' -- "$path" || :)"
      ;;
    *)
      place "$@" || code=$?
      hf_rc place "$code"
      ;;
  esac
fi
