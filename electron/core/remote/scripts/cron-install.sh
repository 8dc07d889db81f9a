# Installs the crontab that comes as input for the account `user`, `uid`, or removes it where `remove` is 1.
# Code `crontab`: that of crontab itself, 125 where the input was not whole.

install_it() {
  # Only what is whole may become a crontab.
  cat >"$(hf_tmp)/crontab"
}

crontab_as() {
  if [ "$hf_uid" = 0 ]; then crontab -u "$user" "$@"; else
    [ "$hf_uid" = "$uid" ] || return 126
    crontab "$@"
  fi
}

code=0
if [ "$remove" = 1 ]; then
  crontab_as -r || code=$?
else
  hf_input install_it || code=$?
  if [ "$code" = 0 ]; then crontab_as - <"$(hf_tmp)/crontab" || code=$?; fi
fi
hf_rc crontab "$code"
