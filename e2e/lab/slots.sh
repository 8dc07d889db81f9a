# Sourced by host.sh. A slot belongs to one process, told apart from a later one with the same PID by its start time.

# identity PID: the PID and its start time; nothing where it does not run.
identity() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  set -- "$1" ${stat##*) }
  echo "$1 ${21}"
}

# claim PID: prints a slot that nobody else has. First removes what dead processes left.
claim() {
  local owner number
  owner=$(identity "$1")
  [ -n "$owner" ] || die "there is no process $1"
  {
    flock 8
    sweep_slots
    for number in $(seq 1 250); do
      mkdir "$hosts/$number" 2>/dev/null || continue
      echo "$owner" >"$hosts/$number/.owner"
      echo "$number"
      return
    done
  } 8>"$hosts/.lock"
  die "all 250 slots are taken"
}

sweep() {
  {
    flock 8
    sweep_slots
  } 8>"$hosts/.lock"
}

sweep_slots() {
  local owner_file number
  for owner_file in "$hosts"/*/.owner; do
    [ -e "$owner_file" ] || continue
    number=$(basename "$(dirname "$owner_file")")
    [ "$(identity "$(cut -d' ' -f1 "$owner_file")")" = "$(cat "$owner_file")" ] ||
      (
        slot=$number
        . "$here/network.sh"
        for disk in "$hosts/$slot"/*/; do [ ! -d "$disk" ] || discard "$(basename "$disk")"; done
        ip link del "$bridge" 2>/dev/null || true
        rm -rf "${hosts:?}/$slot"
      ) 8>&-
  done
}
