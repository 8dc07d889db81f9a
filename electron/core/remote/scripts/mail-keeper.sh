# Who keeps the mail of `address` where its folder is not there yet; changes nothing. Facts: `dovecot`: what Dovecot says
# of the address, empty where it does not know it or is not there; `has_dovecot`; `named`, `numbered`: lines of the user
# database of the name `owner` and of the number `uid`; `group`: the line of the group database of the name `group`.

lines() { if hf_have getent; then getent "$1" -- "$2"; else awk -F: -v key="$2" '$1 == key || $3 == key' "/etc/$1"; fi; }

hf_fact has_dovecot "$(hf_have doveadm && echo 1 || echo 0)"
case $address in
-* | *[*?]* | '') ;;
*)
  if [ "$hf_uid" = 0 ] && hf_have doveadm; then
    hf_fact dovecot "$(if hf_have timeout; then timeout 20 doveadm user "$address"; else doveadm user "$address"; fi 2>/dev/null || :)"
  fi
  ;;
esac
if [ -n "$owner" ]; then hf_fact named "$(lines passwd "$owner" || :)"; fi
if [ "$uid" != 0 ]; then hf_fact numbered "$(lines passwd "$uid" || :)"; fi
if [ -n "$group" ]; then hf_fact group "$(lines group "$group" || :)"; fi
