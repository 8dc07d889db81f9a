# Sourced by host.sh. What is made once and kept in the lab's folder: the login key, the base, the layers.

# digest PATH...: twelve digits that change when any file below changes.
digest() { find "$@" -type f -print0 | sort -z | xargs -0 cat | sha256sum | cut -c1-12; }

# The key that logs in everywhere, as root and as each seeded account.
ensure_key() {
  [ -e "$lab/id_ed25519" ] && return
  local scratch
  scratch=$(mktemp -d "$lab/key.XXXXXX")
  ssh-keygen -q -t ed25519 -N '' -C lab -f "$scratch/id_ed25519"
  mv -n "$scratch/id_ed25519.pub" "$scratch/id_ed25519" "$lab/"
  rm -rf "$scratch"
}

# ensure_base [KIND]: prints the folder of a kind's base, which is built when it is not there. A changed package list is
# another base.
ensure_base() {
  local kind=${1:+-$1} folder image
  image=$here/image$kind
  [ -d "$image" ] || die "there is no kind of server named $1"
  folder=$lab/base$kind-$(digest "$image/packages.txt" "$image/suites" "$here/image/build.sh")
  if [ ! -d "$folder" ]; then
    {
      flock 9
      [ -d "$folder" ] || { say "building $folder, some minutes"; "$here/image/build.sh" "$folder" "$image" >&2; }
    } 9>"$lab/.base$kind.lock"
  fi
  echo "$folder"
}

# ensure_layer NAME: prints the layer's folder, which is built when it is not there: a server is started from the
# base, the scripts of layers/NAME are run on it in order, and its disk becomes the layer. A changed script, base or
# file of the image is another layer; old ones that nobody uses are deleted.
ensure_layer() {
  local name=$1 base scripts=$here/layers/$1 folder
  [ -d "$scripts" ] || die "there is no layer named $name"
  base=$(ensure_base)
  folder=$lab/layers/$name-$(digest "$scripts" "$here/image")
  if [ ! -d "$folder" ]; then
    {
      flock 9
      [ -d "$folder" ] || build_layer "$name" "$folder"
    } 9>"$lab/layers/.$name.lock"
  fi
  echo "$folder"
}

build_layer() {
  local name=$1 folder=$2 server=layer-$1-$$ disk script old
  disk=$hosts/$slot/$server
  say "building $folder"
  "$here/host.sh" up "$server" >&2 9>&-
  for script in "$here/layers/$name"/*.sh; do
    "$here/host.sh" exec "$server" bash -s <"$script" >&2 9>&- ||
      { "$here/host.sh" down "$server" --kill 9>&-; die "$script failed"; }
  done
  "$here/host.sh" down "$server" --keep 9>&-
  rm -f "$disk"/upper/etc/ssh/ssh_host_*
  mv -T "$disk/upper" "$folder"
  rm -rf "$disk"
  # Yesterday's versions; today's may be another checkout's.
  for old in $(find "$lab/layers" -maxdepth 1 -name "$name-????????????" -mtime +0); do
    grep -qsF "$old" "$hosts"/*/*/lower || rm -rf "$old"
  done
}
