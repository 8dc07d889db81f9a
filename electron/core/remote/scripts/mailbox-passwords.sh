# The lines of one of Dovecot's passwd-files that belong to the names "$@". `file`: its absolute path. Code `file`: 0;
# 1, it is not there; 2, others than root could have changed what lies there or what the path leads to.

roots_own() {
  [ -n "$(find -P "$1" -maxdepth 0 -user 0 \( ! -perm /022 -o ! -perm /002 -group 0 \) 2>/dev/null)" ]
}

# Every folder on the way is root's and so is the file, and none of them is a link.
trusted() {
  [ "$(readlink -f -- "$file")" = "$file" ] && [ -f "$file" ] || return 1
  at=$file
  while roots_own "${at:-/}"; do
    [ -n "$at" ] || return 0
    at=${at%/*}
  done
  return 1
}

if [ ! -e "$file" ]; then
  hf_rc file 1
elif ! trusted; then
  hf_rc file 2
else
  printf '%s\n' "$@" | awk '
    NR == FNR { wanted[$0] = 1; next }
    { end = index($0, ":"); if (end > 1 && substr($0, 1, end - 1) in wanted) print }' - "$file"
  hf_rc file 0
fi
