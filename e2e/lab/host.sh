#!/bin/bash
# Real servers on one machine: mount, PID, network, UTS and IPC namespaces over one Debian root file system.
#
#   host.sh up NAME [--layer LAYER] [--without SERVICE]... [--wan 'MS MBIT LOSS%'] [--disk 150m]   prints NAME IP
#   host.sh up NAME --kind s3             an S3 server, with no SSH: http on port 7480, https on 7443
#   host.sh up NAME --kind proftpd        an SFTP server that is not OpenSSH
#   host.sh down NAME [--kill] [--keep]   stop cleanly, or as when power fails; the disk goes unless kept
#   host.sh exec NAME COMMAND...          as root inside
#   host.sh link NAME up|down             plug the cable in, pull it
#   host.sh slow NAME RATE|off            cap the rate both ways, RATE as tc writes it: 100mbit
#   host.sh wan NAME 'MS MBIT LOSS%'      change a server that was started with --wan
#   host.sh list                          servers by hand or of the slot HOLDFAST_LAB_SLOT
#   host.sh base [KIND] | layer NAME      make ready what `up` needs, and print its folder
#   host.sh claim PID | sweep             a slot for that process | remove what dead processes left
#
# A slot is a bridge with its network, 10.79.SLOT.0/24: 0 by hand, others belong to one process each, and go with it.
# HOLDFAST_LAB_DIR keeps what is made once; by default /var/cache/holdfast-lab.
set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "$0")")
lab=${HOLDFAST_LAB_DIR:-/var/cache/holdfast-lab}
hosts=$lab/hosts
slot=${HOLDFAST_LAB_SLOT:-0}
die() { echo "lab: $*" >&2; exit 1; }
say() { echo "lab: $*" >&2; }
mkdir -p "$lab/layers" "$hosts/0"
. "$here/cache.sh"
. "$here/network.sh"
. "$here/slots.sh"

pid_of() { cat "$hosts/$slot/$1/pid" 2>/dev/null || die "$1 is not up"; }
inside() {
  local pid
  pid=$(pid_of "$1")
  shift
  nsenter -t "$pid" -r -m -u -i -n -p -- /usr/bin/env -i -C / PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root \
    TERM=dumb "$@"
}

up() {
  local name=$1 layer='' without='' wan='' size='' kind='' lower files='' disk
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --layer) layer=$2 ;;
      --without) without="$without $2" ;;
      --wan) wan=$2 ;;
      --disk) size=$2 ;;
      --kind) kind=$2 ;;
      *) die "unknown option $1" ;;
    esac
    shift 2
  done
  disk=$hosts/$slot/$name
  [ ! -e "$disk/pid" ] || die "$name is up already"
  ensure_key
  trap "[ -n \"\${started:-}\" ] || discard '$name'" EXIT
  if [ ! -e "$disk/lower" ]; then
    lower=$(ensure_base ${kind:+"$kind"})
    [ -z "$layer" ] || lower=$(ensure_layer "$layer"):$lower
    mkdir "$disk"
    [ -z "$size" ] || mount -t tmpfs -o "size=$size" lab-disk "$disk"
    mkdir "$disk/upper" "$disk/root"
    cp "$lab/id_ed25519.pub" "$disk/authorized_keys"
    files=$here/image${kind:+-$kind}/files
    echo "$lower" >"$disk/lower"
    echo "$kind" >"$disk/kind"
  fi
  rm -rf "$disk/work" # a volatile overlay refuses the work folder of a server that crashed
  mkdir "$disk/work"
  {
    flock 9
    [ -e "$disk/ip" ] || echo "$net.$(free_octet)" >"$disk/ip"
    ensure_bridge
  } 9>"$hosts/$slot/.lock"
  [ "$kind" != s3 ] || give_certificate "$disk" "$(cat "$disk/ip")"
  plug "$name" "$disk" "$(cat "$disk/ip")" "$wan"
  DISK=$disk NAME=$name IP=$(cat "$disk/ip") FILES=$files WITHOUT=$without setsid ip netns exec "$(namespace "$name")" \
    unshare --mount --pid --uts --ipc --fork --kill-child bash "$here/boot.sh" </dev/null >"$disk/console.log" 2>&1 9>&- &
  case $(cat "$disk/kind") in
    s3) wait_for "$name" S3 grep -qs 'S3 is ready' "$disk/console.log" ;;
    proftpd) wait_for "$name" SFTP probe_ssh "$name" ;;
    *)
      wait_for "$name" ssh probe_ssh "$name"
      [[ " $without " == *" mariadb "* ]] || wait_for "$name" mariadb inside "$name" mysqladmin ping
      [[ " $without " == *" postgres "* ]] || wait_for "$name" postgres inside "$name" pg_isready -q
      ;;
  esac
  started=yes
  echo "$name $(cat "$disk/ip")"
}

# give_certificate DISK IP: a certificate for that address, whose authority is DISK/tls/ca.pem.
give_certificate() {
  "$here/tls.sh" "$1/tls" "$2"
  install -d "$1/upper/etc/lab"
  install -m 600 "$1/tls/server.pem" "$1/tls/server.key" "$1/upper/etc/lab/"
}

probe_ssh() {
  [ -s "$hosts/$slot/$1/pid" ] && timeout 0.5 bash -c 'exec 3<>/dev/tcp/$0/22' "$(cat "$hosts/$slot/$1/ip")"
}

# wait_for NAME WHAT COMMAND...: until the command succeeds, for 60 seconds at most.
wait_for() {
  local name=$1 what=$2 end=$((SECONDS + 60))
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || die "$name has no $what: $(tail -5 "$hosts/$slot/$name/console.log")"
    sleep 0.02
  done
}

down() {
  local name=$1 signal=TERM keep='' option pid disk=$hosts/$slot/$1
  shift
  for option in "$@"; do
    case $option in --kill) signal=KILL ;; --keep) keep=yes ;; *) die "unknown option $option" ;; esac
  done
  [ -d "$disk" ] || die "there is no server named $name"
  if [ -e "$disk/pid" ]; then
    # Power that fails says no goodbye: no packet may leave after the last one.
    [ $signal = TERM ] || ip link set "$(cat "$disk/cable")" down
    pid=$(cat "$disk/pid")
    kill -$signal "$pid" 2>/dev/null || true
    local end=$((SECONDS + 15))
    while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $end ]; do sleep 0.02; done
  fi
  if [ -n "$keep" ]; then halt "$name"; else discard "$name"; fi
}

# halt NAME: ends whatever still runs; the disk stays. Only processes in the server's own network are ended, so a
# PID that was given to somebody else since is safe.
halt() {
  local disk=$hosts/$slot/$1 pids
  pids=$(ip netns pids "$(namespace "$1")" 2>/dev/null || true)
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
  unplug "$1" "$disk"
  rm -f "$disk/pid"
}

discard() {
  local disk=$hosts/$slot/$1
  [ -d "$disk" ] || return 0
  halt "$1"
  umount -l "$disk" 2>/dev/null || true # lazily: wan.py may write its log for a moment yet
  rm -rf "$disk" 2>/dev/null || { sleep 0.2; rm -rf "$disk"; } # the last process may still hold its mount
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
  up) up "$@" ;;
  down) down "$@" ;;
  exec) inside "$@" ;;
  link) ip link set "$(cat "$hosts/$slot/$1/cable")" "$2" ;;
  slow) limit "$1" "$hosts/$slot/$1" "$2" ;;
  wan)
    [ -e "$hosts/$slot/$1/wan" ] || die "$1 was not started with --wan"
    echo "$2" >"$hosts/$slot/$1/wan"
    ;;
  list)
    for disk in "$hosts/$slot"/*/; do
      [ ! -e "$disk/ip" ] || echo "$(basename "$disk") $(cat "$disk/ip") $([ -e "$disk/pid" ] && echo up || echo down)"
    done
    ;;
  base) ensure_base "$@" ;;
  layer) ensure_layer "$1" ;;
  claim) claim "$1" ;;
  sweep) sweep ;;
  *) sed -n '2,/^set/{/^#/p}' "$0" ;;
esac
