# The people. Password of each: pw-NAME; the lab's key logs in as each of them that has a login shell.
set -euo pipefail

add() {
  local name=$1
  shift
  useradd -m "$@" "$name"
  echo "$name:pw-$name" | chpasswd
  install -d -m 700 -o "$name" -g "$name" "$(getent passwd "$name" | cut -d: -f6)/.ssh"
  install -m 600 -o "$name" -g "$name" /root/.ssh/authorized_keys "$(getent passwd "$name" | cut -d: -f6)/.ssh/"
}

for name in alice bob carol; do add "$name" -s /bin/bash; done
# A home elsewhere, a high uid, no login.
mkdir -p /srv/www
add dora -u 2500 -d /srv/www/dora -s /usr/sbin/nologin
# Whose database cannot be dumped whole.
add erin -s /bin/bash
# A customer of a shared host: no sudo, databases by ~/.my.cnf.
add plain -s /bin/bash
# Administrators: with sudo that asks nothing, with sudo that asks for the password.
add deploy -s /bin/bash
add ops -s /bin/bash
echo 'deploy ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy
chmod 440 /etc/sudoers.d/deploy
adduser --quiet ops sudo
# The owner of virtual mailboxes.
groupadd -g 5000 vmail
useradd -u 5000 -g vmail -d /var/vmail -s /usr/sbin/nologin vmail
# As on shared hosts: the web server may enter a home, a neighbour cannot list it.
chmod 711 /home/*
