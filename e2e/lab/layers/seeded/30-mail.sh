# Mailboxes: Maildir in each home, a virtual domain outside of the homes, and one that nobody claims.
set -euo pipefail

# maildir FOLDER OWNER ADDRESS COUNT: a Maildir with a Sent and a "Entwürfe" folder.
maildir() {
  local number
  mkdir -p "$1"/{cur,new,tmp} "$1"/.Sent/{cur,new,tmp} "$1"/'.Entw&APw-rfe'/{cur,new,tmp}
  for ((number = 1; number <= $4; number++)); do
    printf 'From: a@example.test\nTo: %s\nSubject: m%d =?UTF-8?B?w6TDtsO8?=\nMessage-ID: <%d.%s>\n\nbody %d\n' \
      "$3" "$number" "$number" "$3" "$number" >"$1/cur/$((1700000000 + number)).M${number}P1.lab:2,S"
  done
  printf '3 V1 N%d Gabcdef\n' $(($4 + 1)) >"$1/dovecot-uidlist"
  printf 'Sent\nEntw&APw-rfe\n' >"$1/subscriptions"
  chown -R "$2" "$1"
  chmod -R u=rwX,go= "$1"
}

for name in alice bob carol plain; do maildir "/home/$name/Maildir" "$name:$name" "$name@example.test" 40; done
maildir /srv/www/dora/Maildir dora:dora dora@example.test 3
maildir /var/vmail/alice.example/info vmail:vmail info@alice.example 5
maildir /var/vmail/alice.example/sales vmail:vmail sales@alice.example 2
maildir /var/vmail/forgotten.example/post vmail:vmail post@forgotten.example 1
chown vmail:vmail /var/vmail /var/vmail/*

cat >/etc/dovecot/users <<'USERS'
info@alice.example:{PLAIN}pw-info::::::
sales@alice.example:{PLAIN}pw-sales::::::
post@forgotten.example:{PLAIN}pw-post::::::
USERS
chown root:dovecot /etc/dovecot/users
chmod 640 /etc/dovecot/users
# Before the accounts of the machine, whose PAM answers an unknown name after two seconds.
cat >/etc/dovecot/conf.d/05-virtual.conf <<'CONF'
passdb {
  driver = passwd-file
  args = username_format=%u /etc/dovecot/users
}
userdb {
  driver = passwd-file
  args = username_format=%u /etc/dovecot/users
  default_fields = uid=vmail gid=vmail home=/var/vmail/%d/%n mail=maildir:~
}
CONF
