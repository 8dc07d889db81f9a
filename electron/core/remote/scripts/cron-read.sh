# Prints the crontab of the account `user`, `uid`, `gid`. Code `crontab`: that of `crontab -l`, 127 where there is none.
# Fact `spool` 1: what is printed is cron's own file, of which `crontab -l` changes some bytes and leaves out the head.
# Facts, one name a line: `system` files of the system with a job of the account, `timers` its own systemd
# timers; `linger` 1 where these also run while it is not logged in.

crontab_of() {
  hf_have crontab || return 127
  if [ "$hf_uid" = 0 ]; then crontab -u "$user" -l; else crontab -l; fi
}

# Where distributions keep crontabs; only root and cron write there.
spool_file() {
  [ "$hf_uid" = 0 ] || return 0
  for folder in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron /etc/crontabs; do
    if [ -f "$folder/$user" ] && [ ! -L "$folder/$user" ]; then
      printf '%s\n' "$folder/$user"
      return 0
    fi
  done
}

# $1: file; a line whose sixth word, or second after @daily and the like, is the account.
names_account() {
  HF_USER=$user awk '
    BEGIN { user = ENVIRON["HF_USER"] }
    /^[ \t]*#/ { next }
    ($1 ~ /^@/ && $2 == user) || ($1 !~ /^@/ && $6 == user) { found = 1; exit }
    END { exit !found }
  ' "$1" 2>/dev/null
}

system_files() {
  for file in /etc/crontab /etc/cron.d/*; do
    if [ -f "$file" ] && [ -r "$file" ] && names_account "$file"; then printf '%s\n' "$file"; fi
  done
  for file in /etc/systemd/system/*.service; do
    if [ -f "$file" ] && grep -qxF "User=$user" "$file" 2>/dev/null; then printf '%s\n' "$file"; fi
  done
}

own_timers() {
  hf_as "$user" "$uid" "$gid" sh -c 'cd -- "$1/.config/systemd/user" && ls -d -- *.timer' sh "$home" 2>/dev/null || :
}

hf_fact system "$(system_files)"
hf_fact timers "$(own_timers)"
if [ -e "/var/lib/systemd/linger/$user" ]; then hf_fact linger 1; fi
code=0
spool=$(spool_file)
if [ -z "$spool" ]; then crontab_of || code=$?; else
  crontab_of >/dev/null || code=$?
  case $code in 0 | 127)
    hf_fact spool 1
    cat <"$spool"
    ;;
  esac
fi
hf_rc crontab "$code"
