# Tells what mailboxes are. "$@": uid and path, in turn. Records as in discover.sh, in the same order:
# `box FORMAT USER`, USER being the name of the uid or empty.

format_of() {
  if [ -d "$1/" ]; then
    if [ -d "$1/cur/" ]; then echo maildir
    elif [ -d "$1/mailboxes/" ] && [ -d "$1/storage/" ]; then echo mdbox
    elif [ -d "$1/mailboxes/" ]; then echo sdbox
    else echo folder; fi
  elif [ -f "$1" ]; then echo mbox
  else echo none; fi
}

user_of() {
  if hf_have getent; then getent passwd "$1"; else awk -F: -v uid="$1" '$3 == uid' /etc/passwd; fi |
    head -n 1 | cut -d: -f1
}

while [ $# -ge 2 ]; do
  printf '%s\0' box 2 "$(format_of "$2")" "$(user_of "$1")"
  shift 2
done
