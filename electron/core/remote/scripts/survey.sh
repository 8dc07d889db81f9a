# What this server is and can do, as facts. `login`: the name that logged in. Reads only; what is not there yields no
# fact. Programs that might wait for something get five seconds.

limited() {
  if hf_have timeout; then timeout 5 "$@"; else "$@"; fi
}

# What comes by stdin, to its first line end.
first_line() {
  if IFS= read -r line || [ -n "$line" ]; then printf '%s\n' "$line"; fi
}

# The line of its output that has a version number in it; BusyBox names itself only in its usage.
tool() {
  hf_have "$1" || return 0
  said=$("$@" 2>&1) || :
  while IFS= read -r line; do
    case $line in *[0-9].[0-9]*) break ;; esac
    line=
  done <<END
$said
END
  hf_fact "tool.$1" "$line"
}

hf_fact hostname "$(hostname 2>/dev/null || uname -n)"
hf_fact login-uid "$(id -u "$login" 2>/dev/null || echo "$hf_uid")"
os=$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"' | first_line || :)
hf_fact os "${os:-$(uname -sr)}"
for file in /etc/machine-id /var/lib/dbus/machine-id; do
  if [ -s "$file" ] && [ -r "$file" ]; then hf_fact machine-id "$(first_line <"$file")" && break; fi
done

while read -r name marker; do
  if [ -e "$marker" ]; then hf_fact panel "$name" && break; fi
done <<'END'
cpanel /usr/local/cpanel/version
plesk /usr/local/psa/version
directadmin /usr/local/directadmin
hestia /usr/local/hestia
cyberpanel /usr/local/CyberCP
ispconfig /usr/local/ispconfig
virtualmin /usr/sbin/virtualmin
opterius /etc/opterius
END

hf_fact cpus "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo)"
hf_fact uid-min "$(sed -n 's/^UID_MIN[[:space:]]*\([0-9][0-9]*\).*/\1/p' /etc/login.defs 2>/dev/null | first_line || :)"
hf_fact protected-hardlinks "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null || echo 0)"
for folder in / /home /tmp /run; do
  [ -d "$folder" ] || continue
  limited df -Pk "$folder" 2>/dev/null | {
    read -r _ && read -r _ _ _ free _ && hf_fact "free.$folder" "$free" || :
  }
done

hf_fact tool.sh "$(readlink -f /bin/sh 2>/dev/null || echo /bin/sh)"
for name in bash tar find zstd pigz gzip setpriv runuser sudo timeout stat getfacl getfattr sqlite3 \
  mariadb-dump mysqldump mariadb mysql pg_dump psql; do
  tool "$name" --version
done
tool nginx -v
tool apache2 -v
tool httpd -v
if hf_have doveconf; then
  for name in doveadm doveconf; do
    if hf_have "$name"; then hf_fact "tool.$name" "$(limited dovecot --version 2>/dev/null | first_line || :)"; fi
  done
fi
for name in crontab su ionice getent; do
  if hf_have "$name"; then hf_fact "tool.$name" ''; fi
done

for name in mariadb mysql; do
  hf_have "$name" || continue
  hf_fact mysql "$(limited "$name" --connect-timeout=3 -NBe 'SELECT VERSION()' 2>/dev/null | first_line || :)"
  break
done
if hf_have psql; then
  PGCONNECT_TIMEOUT=3
  export PGCONNECT_TIMEOUT
  ask='SHOW server_version'
  if [ "$hf_uid" = 0 ] && id postgres >/dev/null 2>&1; then
    version=$(hf_as postgres "$(id -u postgres)" "$(id -g postgres)" psql -XAtwc "$ask" 2>/dev/null | first_line || :)
  else
    version=$(limited psql -XAtwc "$ask" -d postgres 2>/dev/null | first_line || :)
  fi
  hf_fact postgresql "$version"
fi
