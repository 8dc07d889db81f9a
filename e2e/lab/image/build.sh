#!/bin/bash
# build.sh FOLDER: leaves the root file system of every lab server, Debian 12 with the packages of packages.txt, in
# FOLDER. Keeps it beside FOLDER as a tarball as well, so that a lost FOLDER is unpacked instead of downloaded.
# FOLDER and the tarball appear only when complete. Needs root, mmdebstrap and zstd.
set -euo pipefail
folder=$1
image=$(dirname "$(readlink -f "$0")")
tarball=$folder.tar.zst
scratch=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

if [ ! -e "$tarball" ]; then
  options=()
  # Check-Date and Check-Valid-Until: a clock that differs from the mirror's must not stop a build.
  for option in 'Acquire::Check-Valid-Until "false"' 'Acquire::Check-Date "false"' 'Acquire::Retries "3"' \
    'Acquire::Languages "none"' 'APT::Install-Recommends "false"'; do
    options+=(--aptopt="$option")
  done
  for unused in man locale doc; do options+=(--dpkgopt="path-exclude=/usr/share/$unused/*"); done
  TMPDIR=$(dirname "$folder") mmdebstrap --quiet --variant=minbase \
    --include="$(paste -sd, "$image/packages.txt")" "${options[@]}" bookworm - |
    zstd -q -3 -T0 -o "$scratch/tarball"
  mv "$scratch/tarball" "$tarball"
fi

mkdir "$scratch/base"
tar --xattrs --xattrs-include='*' --numeric-owner -C "$scratch/base" -I zstd -xf "$tarball"
rm -f "$scratch"/base/etc/ssh/ssh_host_* "$scratch"/base/etc/resolv.conf
mv -T "$scratch/base" "$folder"
