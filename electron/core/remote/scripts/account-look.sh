# What making an account anew needs and the search does not tell, as records like those of discover.sh; what is not
# there yields none: `group TEXT`, the group database; `home MODE UID GID OWNER GROUP`; `acl TEXT`; `quota TEXT`;
# `linger`; `panel-version TEXT`; `mailbox ADDRESS TEXT`, what Dovecot knows of it; `mail-owner UID:GID USER GROUP`, empty
# where these have no name. `user`, `uid`, `gid`, `home`: the account's; `panel`: the server's, or empty; `mail_owners`: the
# `UID:GID` of its mailboxes, with blanks. "$@": addresses of its mailboxes.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  [ $# -eq 0 ] || printf '%s\0' "$@"
}

limited() {
  if hf_have timeout; then timeout 10 "$@"; else "$@"; fi
}

# One record: the words, and as its last field what the command in `text` printed.
rec_text() {
  if [ -n "$text" ]; then rec "$@" "$text"; fi
}

# As the account: it may have put anything on the way to its home.
home_facts() {
  mode=$(hf_as "$user" "$uid" "$gid" stat -L -c '%a' -- "$home/" 2>/dev/null) || return 0
  owner=$(hf_as "$user" "$uid" "$gid" stat -L -c '%U' -- "$home/")
  group=$(hf_as "$user" "$uid" "$gid" stat -L -c '%G' -- "$home/")
  ids=$(hf_as "$user" "$uid" "$gid" stat -L -c '%u %g' -- "$home/")
  rec home "$mode" "${ids% *}" "${ids#* }" "$owner" "$group"
  hf_have getfacl || return 0
  text=$(hf_as "$user" "$uid" "$gid" getfacl -cpn -- "$home/" 2>/dev/null) || return 0
  rec_text acl
}

quotas() {
  hf_have quota || return 0
  # Its code says whether the account is over its limit.
  text=$(limited quota -w -p -u -- "$user" 2>/dev/null) || :
  rec_text quota
}

version_in() {
  text=$(sed -n "$2" "$1" 2>/dev/null | head -n 1 | tr -d '\000') || :
  rec_text panel-version
}

panel_version() {
  case $panel in
  cpanel) version_in /usr/local/cpanel/version 1p ;;
  plesk) version_in /usr/local/psa/version 1p ;;
  hestia) version_in /usr/local/hestia/conf/hestia.conf "s/^VERSION='\(.*\)'\$/\1/p" ;;
  directadmin) version_in /usr/local/directadmin/conf/directadmin.conf 's/^version=//p' ;;
  ispconfig) version_in /usr/local/ispconfig/interface/lib/config.inc.php "s/.*'ISPC_APP_VERSION', *'\([^']*\)'.*/\1/p" ;;
  virtualmin) version_in /usr/share/webmin/virtual-server/module.info 's/^version=//p' ;;
  esac
}

dovecot() {
  [ "$hf_uid" = 0 ] && hf_have doveadm || return 0
  for address; do
    # These would ask for more than one, or be read as options.
    case $address in -* | *[*?]*) continue ;; esac
    code=0
    text=$(limited doveadm user "$address" 2>/dev/null) || code=$?
    [ "$code" != 124 ] || return 0
    [ "$code" != 0 ] || rec_text mailbox "$address"
  done
}

name_of() {
  if hf_have getent; then getent "$1" "$2"; else awk -F: -v id="$2" '$3 == id' "/etc/$1"; fi | head -n 1 | cut -d : -f 1
}

mail_owners() {
  for each in $mail_owners; do rec mail-owner "$each" "$(name_of passwd "${each%:*}")" "$(name_of group "${each#*:}")"; done
}

text=$(if hf_have getent; then getent group; else cat /etc/group; fi) || :
rec_text group
home_facts
quotas
[ ! -e "/var/lib/systemd/linger/$user" ] || rec linger
panel_version
mail_owners
dovecot "$@"
