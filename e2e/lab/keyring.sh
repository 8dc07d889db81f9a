#!/bin/bash
# keyring.sh COMMAND...: runs COMMAND with a session bus of its own and an unlocked keychain (gnome-keyring) in a folder
# that is thrown away. HOME is that folder too. Ends with COMMAND's exit code.
set -euo pipefail
folder=$(mktemp -d "${TMPDIR:-/tmp}/keyring.XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir -m 700 "$folder/run" "$folder/data"
export HOME=$folder XDG_DATA_HOME=$folder/data XDG_RUNTIME_DIR=$folder/run XDG_CONFIG_HOME=$folder/config
export XDG_CACHE_HOME=$folder/cache
status=0
dbus-run-session -- bash -c '
  printf lab-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
  exec "$@"' -- "$@" || status=$?
exit "$status"
