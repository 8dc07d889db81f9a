# Looks whether the files "$@" can be read as the server's own configuration. `credentials` empty: private keys are
# left out. Records as in discover.sh: `take PATH`, for a file, the links on the way to it and the links of a
# sites-enabled folder that lead to it; `leave PATH WHY`. Fact `tar`: what tar calls itself.
#
# Every folder on the way, and the file itself, must be root's and nobody else's to write: nobody but root can then
# change what a name means between this look and the reading.

rec() {
  printf '%s\0' "$1" "$(($# - 1))"
  shift
  printf '%s\0' "$@"
}

roots_own() {
  [ -n "$(find -P "$1" -maxdepth 0 -user 0 \( ! -perm /022 -o ! -perm /002 -group 0 \) 2>/dev/null)" ]
}

is_configuration() {
  case $1 in
  /etc/?* | /usr/local/etc/?* | /usr/local/nginx/conf/?* | /opt/?*/etc/?*) return 0 ;;
  *) return 1 ;;
  esac
}

# Goes from / to the file $1, link by link. Sets `found`, and `links`: what must be stored besides, a name a line; else
# `why`.
walk() {
  left=${1#/} at= links= found= hops=0 why=
  while [ -n "$left" ]; do
    part=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $part in
    '' | .) continue ;;
    ..)
      at=${at%/*}
      continue
      ;;
    esac
    if ! roots_own "${at:-/}"; then
      why="the folder ${at:-/} can be changed by others than root"
      return 1
    fi
    next=$at/$part
    if [ -L "$next" ]; then
      hops=$((hops + 1))
      if ! is_configuration "$next" || [ "$hops" -gt 16 ]; then
        why='is a link that leads out of the configuration folders, or in circles'
        return 1
      fi
      links="$links$next
"
      target=$(readlink -- "$next" && echo .)
      target=${target%??}
      case $target in /*) at= ;; esac
      left=${target#/}${left:+/$left}
    elif [ -d "$next" ] && [ -n "$left" ]; then at=$next
    elif [ -f "$next" ] && [ -z "$left" ]; then found=$next
    elif [ -e "$next" ]; then
      why='is not a regular file'
      return 1
    else
      why='is not there'
      return 1
    fi
  done
  if ! is_configuration "$found"; then why='does not lie in a configuration folder'; return 1; fi
  if ! roots_own "$found"; then why='can be changed by others than root'; return 1; fi
  if [ -z "$credentials" ] && grep -q 'PRIVATE KEY-----' "$found"; then
    why='a private key, left out as other credentials are'
    return 1
  fi
}

# sites-enabled/x for sites-available/x: what switches it on is configuration too.
enabled() {
  case $1 in */?*-available/*) ;; *) return 0 ;; esac
  folder=${1%/*}
  for link in "${folder%-available}-enabled"/*; do
    [ -L "$link" ] && [ "$(readlink -f -- "$link")" = "$1" ] || continue
    if walk "$link"; then printf '%s' "$links"; fi
  done
}

take() {
  if [ "${1#*
}" != "$1" ] || ! walk "$1"; then
    rec leave "$1" "${why:-has a line break in its name}"
    return 0
  fi
  file=$found
  {
    printf '%s%s\n' "$links" "$file"
    enabled "$file"
  } | while IFS= read -r name; do rec take "$name"; done
}

hf_fact tar "$(hf_version tar)"
for path; do
  case $path in /*) take "$path" ;; *) rec leave "$path" 'is not an absolute path' ;; esac
done
