# Reads files of the server's own configuration, as root. "$@": files that config-look.sh lets be read, then `--`, then
# paths of which it is only asked whether something is there. Records as in discover.sh: `file PATH SHA256 BASE64`,
# the last empty for files of more than 256 KiB; `gone PATH`. Fact `php`: versions of PHP that are installed, one a line.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  printf '%s\0' "$@"
}

php_versions() {
  for folder in /etc/php/[0-9]* /etc/opt/remi/php[0-9]* /opt/cpanel/ea-php[0-9]* /opt/alt/php[0-9]*; do
    if [ -d "$folder" ]; then printf '%s\n' "${folder##*/}"; fi
  done
  if hf_have php; then php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION, "\n";' 2>/dev/null || :; fi
}

hf_fact php "$(php_versions)"
asked=
for path; do
  if [ "$path" = -- ]; then asked=1; continue; fi
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then rec gone "$path"
  elif [ -z "$asked" ] && [ -f "$path" ]; then
    sum=$(sha256sum <"$path")
    text=
    if [ "$(wc -c <"$path")" -le 262144 ]; then text=$(base64 <"$path"); fi
    rec file "$path" "${sum%% *}" "$text"
  fi
done
