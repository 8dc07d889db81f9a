# What making an account meets here, as records like those of discover.sh. Changes nothing. `user`, `uid`, `home`: those
# that it wants; "$@": shells that it may get.
# Records: `passwd TEXT`, `group TEXT`: the databases, with what they have of these names and numbers though they do not
# list it; `shell PATH`: those of "$@" that are there, and that this server allows or nobody can log in with; `home KIND`
# where something lies there: `folder` or `other`; `missing PATH`: folders above it that are not there, the upper first;
# `unsafe PATH`: those that others than root can write to; `crontab PATH`: one of that name without an account; `tool NAME`: what making accounts takes.
# Code `name`: what useradd says of the name, as its exit code; none where it cannot be asked without making it.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  printf '%s\0' "$@"
}

has_shell() {
  [ -x "$1" ] || return 1
  case $1 in */nologin | */false) return 0 ;; esac
  grep -qxF -- "$1" /etc/shells 2>/dev/null
}

# A user database of its own, in which useradd makes the name and nothing else sees it.
try() {
  prefix=$(hf_tmp)/try
  rm -rf "$prefix"
  mkdir -p "$prefix/etc"
  for file in passwd group shadow gshadow; do : >"$prefix/etc/$file"; done
  useradd --prefix "$prefix" -M -U -- "$1" >/dev/null 2>&1
}

rec passwd "$(
  getent passwd || :
  getent passwd -- "$user" || :
  getent passwd -- "$uid" || :
)"
rec group "$(
  getent group || :
  getent group -- "$user" || :
  getent group -- "$uid" || :
)"
for shell; do
  if has_shell "$shell"; then rec shell "$shell"; fi
done
if [ -e "$home" ] || [ -L "$home" ]; then
  if [ -d "$home" ] && [ ! -L "$home" ]; then rec home folder; else rec home other; fi
fi
left=${home#/} path=
while [ "$left" != "${left#*/}" ]; do
  path=$path/${left%%/*}
  left=${left#*/}
  [ -z "$(find "$path/" -maxdepth 0 \( ! -uid 0 -o -perm /022 \) 2>/dev/null)" ] || rec unsafe "$path"
  [ -e "$path" ] || [ -L "$path" ] || rec missing "$path"
done
for folder in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron /etc/crontabs; do
  if [ -f "$folder/$user" ]; then rec crontab "$folder/$user"; fi
done
for name in getent useradd groupadd userdel usermod groupdel chpasswd; do
  if hf_have "$name"; then rec tool "$name"; fi
done
code=0
if hf_have useradd && try holdfast; then
  try "$user" || code=$?
  hf_rc name "$code"
fi
