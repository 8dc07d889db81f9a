# Looks into homes and further folders as the accounts that own them. Arguments, for each account: how many folders,
# its name, uid, gid and home, then the folders. Records as in discover.sh.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  [ $# -eq 0 ] || printf '%s\0' "$@"
}

# Runs as the account: $1 account, then configuration files.
reader='
account=$1
shift
for file; do
  [ -d "$file" ] && continue
  if [ -f "$file" ] && [ -r "$file" ]; then
    printf "%s\0" config 3 "$account" "$file"
    timeout 10 head -c 131072 -- "$file" </dev/null 2>/dev/null | tr -d "\000"
    printf "\0"
  elif [ -f "$file" ] || [ -L "$file" ]; then printf "%s\0" denied 2 "$account" "$file"; fi
done
'

# Runs as the account: $1 reader, $2 account, $3 home, then the folders to look through.
tenant='
reader=$1 account=$2 home=$3
shift 3
cd / || exit 0
for box in "$home/Maildir" "$home/.maildir" "$home/mail" "$home"/mail/*.*/* "$home"/imap/*.*/*/Maildir "$home"/homes/*/Maildir; do
  if [ -d "$box/cur" ] && [ ! -L "$box" ] && [ ! -L "$box/cur" ]; then
    printf "%s\0" home-maildir 2 "$account" "$box"
  fi
done
sh -c "$reader" sh "$account" "$home/.my.cnf" "$home/.pgpass"
for top; do
  [ -d "$top/" ] || continue
  find -P "$top/" -xdev -maxdepth 7 \( -name node_modules -o -name vendor -o -name .git -o -name cache -o -name .cache \
    -o -name wp-content -o -name wp-includes -o -name Maildir -o -name mail -o -name imap \) -prune \
    -o \( -type f -o -type l \) \( -name wp-config.php -o -name .env -o -name .env.local -o -name configuration.php \
    -o -name settings.php -o -name settings.local.php \) -exec sh -c "$reader" sh "$account" {} + 2>/dev/null </dev/null
done
exit 0
'

look() {
  folders=$1 account=$2 account_uid=$3 account_gid=$4 account_home=$5
  shift 5
  total=$#
  taken=0
  for folder; do
    [ "$taken" -lt "$folders" ] || break
    set -- "$@" "$folder"
    taken=$((taken + 1))
  done
  shift "$total"
  hf_as "$account" "$account_uid" "$account_gid" $limit \
    sh -c "$tenant" sh "$reader" "$account" "$account_home" "$@" 2>/dev/null || rec unread "$account"
}

main() {
  limit=
  if hf_have timeout; then limit='timeout 120'; fi
  while [ $# -gt 0 ]; do
    look "$@"
    shift "$(($1 + 5))"
  done
}

main "$@"
