# Sourced by host.sh. The cables: one bridge for each slot, one cable for each server.

bridge=hf$slot
net=10.79.$slot

namespace() { echo "$bridge-$1"; }

ensure_bridge() {
  [ -e "/sys/class/net/$bridge" ] && return
  ip link add "$bridge" type bridge
  ip addr add "$net.1/24" dev "$bridge"
  ip link set "$bridge" up
}

# free_octet: the last number of an address that no server of this slot has.
free_octet() {
  local octet
  for octet in $(seq 2 250); do
    grep -qsx "$net.$octet" "$hosts/$slot"/*/ip || { echo "$octet"; return; }
  done
  die "no free address in $net.0/24"
}

# plug NAME DISK IP [WAN]: lays the cable. The MAC address belongs to the IP address for ever: with a new one, a
# server that comes back would meet the other end's stale ARP entry, a minute of silence.
plug() {
  local inside disk=$2 ip=$3 wan=$4 octet=${3##*.} mac
  inside=$(namespace "$1")
  mac=$(printf '02:79:00:00:%02x:%02x' "$slot" "$octet")
  local cable=${bridge}v$octet
  echo "$cable" >"$disk/cable"
  ip netns add "$inside"
  if [ -n "$wan" ]; then
    echo "$wan" >"$disk/wan"
    setsid python3 "$here/wan.py" "$inside" "$cable" "$disk/wan" "$mac" </dev/null >"$disk/wan.log" 2>&1 9>&- &
    local try
    for try in $(seq 250); do
      grep -qs ready "$disk/wan.log" && break
      [ "$try" -lt 250 ] || die "wan.py did not start: $(cat "$disk/wan.log")"
      sleep 0.02
    done
  else
    ip link add "$cable" type veth peer name eth0 address "$mac" netns "$inside"
  fi
  ip link set "$cable" master "$bridge" up
  ip -n "$inside" link set lo up
  ip -n "$inside" addr add "$ip/24" dev eth0
  ip -n "$inside" link set eth0 up
  ip -n "$inside" route add default via "$net.1"
}

# unplug NAME DISK: takes the cable away, with the network behind it.
unplug() {
  rm -f "$2/wan" "$2/wan.log" # wan.py ends when its file is gone
  [ ! -e "$2/cable" ] || ip link del "$(cat "$2/cable")" 2>/dev/null || true
  ip netns del "$(namespace "$1")" 2>/dev/null || true
}

# limit NAME DISK RATE|off: caps the rate both ways, RATE as tc writes it: 100mbit, 64kbit.
limit() {
  local inside cable rate=$3
  inside=$(namespace "$1")
  cable=$(cat "$2/cable")
  if [ "$rate" = off ]; then
    tc qdisc del dev "$cable" root 2>/dev/null || true
    tc -n "$inside" qdisc del dev eth0 root 2>/dev/null || true
  else
    tc qdisc replace dev "$cable" root tbf rate "$rate" burst 64kb latency 100ms
    tc -n "$inside" qdisc replace dev eth0 root tbf rate "$rate" burst 64kb latency 100ms
  fi
}
