#!/bin/bash
# Runs in the new namespaces of a server, turns them into that server and becomes its PID 1.
# From host.sh: DISK (the server's folder), NAME, IP, FILES (files to lay over the base, on the first start), WITHOUT.
set -euo pipefail
# /proc is still the outside's, so this is the PID that the outside sees.
read -r pid _ </proc/self/stat
mount --make-rprivate /
mount -t overlay -o "lowerdir=$(cat "$DISK/lower"),upperdir=$DISK/upper,workdir=$DISK/work,redirect_dir=on,volatile" lab "$DISK/root"
cd "$DISK/root"
if [ -n "$FILES" ]; then
  cp -R --no-preserve=ownership "$FILES/." .
  install -d -m 700 root/.ssh
  install -m 600 "$DISK/authorized_keys" root/.ssh/authorized_keys
fi

mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755,size=64k tmpfs dev
while read -r device major minor; do
  mknod -m 666 "dev/$device" c "$major" "$minor"
done <<'DEVICES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
DEVICES
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=1777,size=256m tmpfs dev/shm
mount -t tmpfs -o mode=755,size=256m tmpfs run

hostname "$NAME"
echo "$NAME" >etc/hostname
others=$(grep -v '# lab$' etc/hosts || true)
printf '%s\n' '127.0.0.1 localhost # lab' "$IP $NAME # lab" ${others:+"$others"} >etc/hosts

without=$WITHOUT
echo "$pid" >"$DISK/pid"
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
rmdir /.outside
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root IP="$IP" WITHOUT="$without" /usr/sbin/lab-init
