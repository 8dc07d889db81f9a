# An SFTP destination as hosters sell it: user backup1, password pw-backup or the lab's key, locked into
# /srv/sftp/backup1 with one writable folder, upload. No commands, no forwarding.
set -euo pipefail
useradd -m -s /usr/sbin/nologin backup1
echo backup1:pw-backup | chpasswd
install -d -m 755 /srv/sftp /srv/sftp/backup1
install -d -o backup1 -g backup1 /srv/sftp/backup1/upload
install -d -m 700 -o backup1 -g backup1 /home/backup1/.ssh
install -m 600 -o backup1 -g backup1 /root/.ssh/authorized_keys /home/backup1/.ssh/
cat >/etc/ssh/sshd_config.d/sftp.conf <<'CONF'
Match User backup1
  ChrootDirectory /srv/sftp/%u
  ForceCommand internal-sftp
  AllowTcpForwarding no
  X11Forwarding no
CONF
sshd -t
