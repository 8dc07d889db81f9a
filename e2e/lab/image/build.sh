#!/bin/bash
# build.sh FOLDER IMAGE: leaves the root file system of a kind of lab server in FOLDER: Debian with the packages of
# IMAGE/packages.txt, from the first suite of IMAGE/suites that has them. Keeps it beside FOLDER as a tarball as well,
# so that a lost FOLDER is unpacked instead of downloaded.
# FOLDER and the tarball appear only when complete. Needs root, mmdebstrap and zstd.
set -euo pipefail
folder=$1 image=$2
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
  while read -r suite; do
    TMPDIR=$(dirname "$folder") mmdebstrap --quiet --variant=minbase \
      --include="$(paste -sd, "$image/packages.txt")" "${options[@]}" "$suite" - |
      zstd -q -f -3 -T0 -o "$scratch/tarball" && mv "$scratch/tarball" "$tarball" && break
  done <"$image/suites"
fi

mkdir "$scratch/base"
tar --xattrs --xattrs-include='*' --numeric-owner -C "$scratch/base" -I zstd -xf "$tarball"
rm -f "$scratch"/base/etc/ssh/ssh_host_* "$scratch"/base/etc/resolv.conf
mv -T "$scratch/base" "$folder"
