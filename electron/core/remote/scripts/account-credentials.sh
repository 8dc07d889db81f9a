# The shadow line of one account and the configuration of Dovecot, as records like those of discover.sh: `shadow LINE`,
# `doveconf TEXT`; what is not there yields none. Values: user.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  printf '%s\0' "$@"
}

limited() {
  if hf_have timeout; then timeout 20 "$@"; else "$@"; fi
}

line=
if hf_have getent; then
  line=$(getent shadow -- "$user") || hf_rc getent $?
else
  while IFS= read -r line; do
    case $line in "$user:"*) break ;; esac
    line=
  done </etc/shadow || :
fi
[ -z "$line" ] || rec shadow "$line"
if [ "$hf_uid" = 0 ] && hf_have doveconf && text=$(limited doveconf -n 2>/dev/null); then rec doveconf "$text"; fi
