# Makes, fills in, looks at or removes the account `user`, `uid`, `gid`, whose home is `home`. `mark`: stands in the
# place of its full name, and of its group's password, until `finish`, so that what a broken run left is known; `made`: the fact `home` of `make`, or
# empty where that is not known. `action` is one of
#   make    make the account without a password, and its home: `group` with the number where `makes_group` is 1; `groups`
#           with commas; `shell`; then `mode`, `owner` and `home_group` of the home, and "$@", entries of its ACL. Code
#           `make`: 0, 17: it is there already, 18: others than root can change the way to its home; or that of what did not go. Fact `home`: the home's inode and birth.
#   finish  give it `gecos`, and where `hash` is not empty that password, and as `aged` says, words for chage. Code
#           `finish`; code `aged`, that of chage.
#   read    facts `entry`, `groups`, `home` (`MODE OWNER GROUP`), as they are; `password` 1 where it is `hash`, or where
#           that is empty and nobody can log in with one.
#   remove  end its processes and remove it with its home, crontab and mbox, its group where that was made here, and "$@", folders
#           above the home, where they are empty. Nothing where it is gone. Code `remove`: 0, 5: it is not the one that
#           was made; or that of what did not go.

entry() { getent passwd -- "$user" || :; }

# Field $1 of it.
field() { entry | cut -d : -f "$1"; }

# Whether the group is one that `make` made, and nobody but the account was ever to use.
is_our_group() {
  [ "$(getent group -- "$group" | cut -d : -f 3,4)" = "$gid:" ] || return 1
  [ "$(getent gshadow -- "$group" 2>/dev/null | cut -d : -f 2)" = "!$mark" ] ||
    [ "$(getent group -- "$group" | cut -d : -f 2)" = "!$mark" ]
}

identity() { stat -c '%i %W' -- "$home"; }

# Whether nobody but root can change the way to the home.
is_safe() {
  left=${home#/} path=
  while [ "$left" != "${left#*/}" ]; do
    path=$path/${left%%/*}
    left=${left#*/}
    [ -z "$(find "$path/" -maxdepth 0 \( ! -uid 0 -o -perm /022 \) 2>/dev/null)" ] || return 1
  done
}

make_it() {
  is_safe || return 18
  if [ -n "$(entry)" ] || [ -e "$home" ] || [ -L "$home" ]; then return 17; fi
  if [ "$makes_group" = 1 ]; then groupadd -g "$gid" -p "!$mark" -- "$group" || return; fi
  set -- useradd -M -N -u "$uid" -g "$gid" -d "$home" -s "$shell" -c "$mark"
  [ -z "$groups" ] || set -- "$@" -G "$groups"
  "$@" -- "$user" || return
  (umask 022 && mkdir -p -- "${home%/*}/") || return
  mkdir -m 700 -- "$home" || return
  hf_fact home "$(identity)"
}

# Still root's, so nobody else has been in there.
fill_home() {
  chown -- "$owner:$home_group" "$home" || return
  chmod -- "$mode" "$home" || return
  [ $# = 0 ] || printf '%s\n' "$@" | setfacl -M - -- "$home"
}

finish_it() {
  usermod -c "$gecos" -- "$user" || return
  if [ "$makes_group" = 1 ] && is_our_group; then groupmod -p '!' -- "$group" || return; fi
  [ -z "$hash" ] || printf '%s:%s\n' "$user" "$hash" | chpasswd -e
}

read_it() {
  hf_fact entry "$(entry)"
  hf_fact groups "$(id -Gn -- "$user" 2>/dev/null || :)"
  hf_fact home "$(stat -c '%a %U %G' -- "$home" 2>/dev/null || :)"
  now=$(getent shadow -- "$user" | cut -d : -f 2) || now=
  if [ -n "$hash" ]; then [ "$now" != "$hash" ] || hf_fact password 1; else
    case $now in '!'* | '*'*) hf_fact password 1 ;; esac
  fi
}

# Whether what bears the name is what `make` made.
is_ours() {
  [ "$(field 3)" = "$uid" ] && [ "$(field 6)" = "$home" ] || return 1
  [ "$(field 5)" != "$mark" ] || return 0
  # Without its home only one that a broken `remove` had expired already is surely the same.
  if ! [ -e "$home" ] && ! [ -L "$home" ]; then
    [ "$(getent shadow -- "$user" | cut -d : -f 8)" = 1 ]
    return
  fi
  [ ! -L "$home" ] && [ -n "$made" ] && [ "$(identity)" = "$made" ]
}

end_processes() {
  tries=0
  while [ "$tries" -lt 25 ] && pkill -KILL -u "$uid"; do
    tries=$((tries + 1))
    sleep 0.2
  done
}

# Out of everybody's reach first, so that nobody can put anything in the way.
remove_home() {
  gone=${home%/*}/.holdfast-$mark-gone
  if [ -e "$home" ]; then
    [ -d "$gone" ] || mkdir -m 700 -- "$gone" || return
    mv -T -- "$home" "$gone/home" || return
  fi
  [ ! -d "$gone" ] || rm -rf --one-file-system -- "$gone"
}

remove_it() {
  if [ -n "$(entry)" ]; then
    is_ours || return 5
    usermod -L -e 1 -- "$user" || return
    if hf_have loginctl; then loginctl disable-linger "$user" >/dev/null 2>&1 || :; fi
    end_processes
    if hf_have crontab; then crontab -u "$user" -r 2>/dev/null || :; fi
    remove_home || return
    for spool in /var/mail/"$user" /var/spool/mail/"$user"; do
      if [ -f "$spool" ] && [ ! -L "$spool" ] && [ "$(stat -c %u -- "$spool")" = "$uid" ]; then rm -f -- "$spool"; fi
    done
    # It was the account's own until now; should this end here, the next run knows it.
    if [ "$makes_group" = 1 ] && [ "$(getent group -- "$group" | cut -d : -f 3,4)" = "$gid:" ]; then
      groupmod -p "!$mark" -- "$group" || return
    fi
    userdel -- "$user" || return
  fi
  if [ "$makes_group" = 1 ] && is_our_group; then groupdel -- "$group" || return; fi
  for folder; do rmdir -- "$folder" 2>/dev/null || :; done
}

code=0
case $action in
  make)
    make_it || code=$?
    [ "$code" != 0 ] || fill_home "$@" || code=$?
    hf_rc make "$code"
    ;;
  finish)
    finish_it || code=$?
    hf_rc finish "$code"
    aged_code=0
    [ -z "$aged" ] || chage $aged -- "$user" || aged_code=$?
    hf_rc aged "$aged_code"
    ;;
  read) read_it ;;
  remove)
    remove_it "$@" || code=$?
    hf_rc remove "$code"
    ;;
esac
