# Before every script. Scripts know these words:
#   hf_rc NAME CODE        report an exit code that the caller judges
#   hf_fact NAME VALUE     report a short text; VALUE may have newlines
#   hf_have TOOL           is TOOL there?
#   hf_codec               compress stdin onto stdout; the only writer of the payload, at most once
#   hf_send NAME CMD...    CMD's output through hf_codec, its exit code reported as NAME; `set -e` does not hold in CMD
#   hf_as USER UID GID CMD...   run a program as that user; fails with 126 where we may not. USER is empty for a UID
#                          that has no name
#   hf_alone USER UID GID CMD...   the same by root only, and out of reach of that user's other programs: none can trace
#                          it, or get at its folders and files by /proc. 126 where the server has no means for that
#   hf_tmp                 print a private directory that disappears with the script
#   hf_input CMD...        CMD with what the client sends as its stdin, at most once, and only where the client said
#                          that it has something to send. 0: CMD ended with 0 and every byte had arrived; 125: CMD
#                          ended with 0 and the input was not whole; else CMD's own code. `set -e` does not hold in CMD
# stdin of every command but hf_input's is /dev/null. The payload is what the script prints between BEGIN and END. `set -eu` holds:
# a command that fails ends the script without END. A pipeline's exit code is that of its last command only. A secret
# value may be given to builtins (printf '%s' "$secret" | tool) and to files under hf_tmp, never to an argument, an
# exported variable or a here-document. A script sets no traps and leaves nothing running.
set -eu
umask 077
ulimit -c 0 2>/dev/null || :
unset IFS TAR_OPTIONS GZIP PIGZ ZSTD_CLEVEL ZSTD_NBTHREADS BASH_ENV ENV CDPATH GREP_OPTIONS LANGUAGE MYSQL_PWD \
  MYSQL_HOME MYSQL_HOST PGPASSWORD PGOPTIONS PGSERVICE PGHOST PGPORT PGUSER PGDATABASE POSIXLY_CORRECT TAPE
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
# Marks every program that this script starts, so that none can be overlooked at the end.
HF_RUN=$hf_run
export PATH LC_ALL HF_RUN
cd /
exec 5<&0 </dev/null
hf_uid=
# The effective one, without a program: proc(5).
while read -r hf_word _ hf_value _; do
  [ "$hf_word" != Uid: ] || hf_uid=$hf_value
done 2>/dev/null </proc/self/status || :
[ -n "$hf_uid" ] || hf_uid=$(id -u)
hf_ended=
# sudo may leave the login's own.
[ "$hf_uid" != 0 ] || HOME=/root
export HOME

hf_have() { command -v "$1" >/dev/null 2>&1; }
# The first line of what the GNU program $1 says of its version, or nothing.
hf_version() {
  hf_line=$("$1" --version 2>/dev/null) || hf_line=
  printf '%s\n' "${hf_line%%
*}"
}
hf_rc() { printf '\n@@%s rc %s %s\n' "$hf_nonce" "$2" "$1" >&2; }
hf_fact() { printf '\n@@%s fact %s %s\n@@%s .\n' "$hf_nonce" "$1" "$2" "$hf_nonce" >&2; }

if [ "$hf_uid" = 0 ] && [ -w /run ]; then hf_dir=/run
elif [ -n "${XDG_RUNTIME_DIR:-}" ] && [ -w "${XDG_RUNTIME_DIR:-}" ]; then hf_dir=$XDG_RUNTIME_DIR
elif [ -w /dev/shm ]; then hf_dir=/dev/shm
else hf_dir=/tmp; fi
hf_dir=$hf_dir/holdfast-$hf_run
hf_tmp() {
  [ -d "$hf_dir" ] || mkdir -m 700 "$hf_dir"
  printf '%s\n' "$hf_dir"
}

# Whether setpriv and timeout work as hf_as and hf_watch want them; some are BusyBox's. `hf_can` has those that do, or is
# `?` where the client does not know yet.
hf_can() {
  case " $hf_can " in
  *" $1 "*) ;;
  ' ? ')
    case $1 in
    setpriv) setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null ;;
    timeout) timeout 9 true 2>/dev/null ;;
    esac
    ;;
  *) return 1 ;;
  esac
}

hf_as() {
  if [ "$hf_uid" != 0 ]; then
    [ "$hf_uid" = "$2" ] || return 126
    shift 3
    "$@"
    return
  fi
  (
    hf_user=$1 hf_to_uid=$2 hf_to_gid=$3
    shift 3
    HOME=/ USER=$hf_user LOGNAME=$hf_user
    export HOME USER LOGNAME
    unset XDG_RUNTIME_DIR SUDO_USER SUDO_UID SUDO_GID SUDO_COMMAND
    if [ -n "$hf_user" ] && hf_can setpriv; then
      exec setpriv --reuid "$hf_to_uid" --regid "$hf_to_gid" --init-groups "$@"
    elif [ -z "$hf_user" ]; then
      exec setpriv --reuid "$hf_to_uid" --regid "$hf_to_gid" --clear-groups "$@"
    elif hf_have runuser; then
      exec runuser -u "$hf_user" -- "$@"
    elif hf_have su; then
      exec su -s /bin/sh -c 'exec "$@"' -- "$hf_user" sh "$@"
    fi
    exit 126
  )
}

# ptrace(2): a program can look into another of its user only where it has every capability of that one. Neither of
# these lets a program do anything with files.
hf_alone() {
  [ "$hf_uid" = 0 ] || return 126
  (
    hf_user=$1 hf_to_uid=$2 hf_to_gid=$3
    shift 3
    HOME=/ USER=$hf_user LOGNAME=$hf_user
    export HOME USER LOGNAME
    unset XDG_RUNTIME_DIR SUDO_USER SUDO_UID SUDO_GID SUDO_COMMAND
    hf_groups=--init-groups
    [ -n "$hf_user" ] || hf_groups=--clear-groups
    for hf_cap in +wake_alarm +audit_write; do
      set -- --reuid "$hf_to_uid" --regid "$hf_to_gid" "$hf_groups" --inh-caps "$hf_cap" --ambient-caps "$hf_cap" "$@"
      if setpriv "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" "$9" true 2>/dev/null; then exec setpriv "$@"; fi
      shift 9
    done
    exit 126
  )
}

hf_codec() {
  for hf_wire in $hf_codecs none; do
    case $hf_wire in
      none) break ;;
      *) if hf_have "$hf_wire"; then break; fi ;;
    esac
  done
  [ "$hf_wire" = none ] || printf '@@%s CODEC %s\n' "$hf_nonce" "$hf_wire"
  hf_code=0
  case $hf_wire in
    zstd) zstd -q -c "-$hf_level" || hf_code=$? ;;
    pigz) pigz -c -1 -p 2 || hf_code=$? ;;
    gzip) gzip -c -1 || hf_code=$? ;;
    *) cat || hf_code=$? ;;
  esac
  hf_rc codec "$hf_code"
  return "$hf_code"
}

hf_decode() {
  case $hf_wire in
    zstd) zstd -q -d -c ;;
    gzip) gzip -q -d -c ;;
  esac && : >"$hf_dir/decoded"
}

hf_input() {
  for hf_wire in $hf_uplink none; do
    case $hf_wire in
      none) break ;;
      *) if hf_have "$hf_wire"; then break; fi ;;
    esac
  done
  printf '\n@@%s input %s\n' "$hf_nonce" "$hf_wire" >&2
  hf_code=0
  # What CMD leaves is read too, so that the client gets to its end.
  if [ "$hf_wire" = none ]; then
    : >"$hf_dir/decoded"
    ("$@" && cat >/dev/null) <"$hf_dir/input" 5<&- || hf_code=$?
  else
    hf_decode <"$hf_dir/input" 5<&- | { "$@" && cat >/dev/null; } || hf_code=$?
  fi
  if [ "$hf_code" = 0 ] && ! { [ -e "$hf_dir/whole" ] && [ -e "$hf_dir/decoded" ]; }; then hf_code=125; fi
  return "$hf_code"
}

hf_send() {
  hf_what=$1
  shift
  { if "$@"; then hf_rc "$hf_what" 0; else hf_rc "$hf_what" $?; fi; } | hf_codec
}

# Looks a process up: true where it is alive and not older than hf_since; its parent is hf_parent then.
hf_look() {
  read -r hf_line <"/proc/$1/stat" || return 1
  # The name stands in parentheses and may be anything; after it come the state, the parent and 17 fields that we
  # do not want, then the start time: proc(5).
  case $hf_line in *') '*) set -- ${hf_line##*) } ;; *) return 1 ;; esac
  hf_parent=$2 hf_started=${20:-none}
  [ "$1" != Z ] && [ "$hf_parent" -ge 0 ] && [ "$hf_started" -ge "$hf_since" ]
}

# Prints the processes of this run but hf_self, who asks: what hangs below the main shell or below what was found
# before, and what carries the mark. They will be killed, often by root. So: numbers only, compared as such, and never
# a process that was there before the run.
hf_pids() {
  read -r hf_here _ </proc/self/stat
  hf_tree=" $$ $hf_left"
  hf_more=1
  while [ "$hf_more" = 1 ]; do
    hf_more=
    for hf_stat in /proc/[0-9]*/stat; do
      hf_pid=${hf_stat#/proc/}
      hf_pid=${hf_pid%/stat}
      case " $hf_self $hf_here$hf_tree" in *" $hf_pid "*) continue ;; esac
      hf_look "$hf_pid" || continue
      case $hf_tree in *" $hf_parent "*) hf_tree="$hf_tree$hf_pid " hf_more=1 ;; esac
    done
  done
  for hf_pid in $hf_tree $(grep -slF "HF_RUN=$hf_run" /proc/[0-9]*/environ | sed 's|/proc/||; s|/environ||'); do
    [ "$hf_pid" -gt 1 ] && [ "$hf_pid" -ne "$hf_self" ] && hf_look "$hf_pid" || continue
    printf '%s ' "$hf_pid"
  done
}

# Ends every process of this run but the one that calls, and what it kept in files. Where there is no /proc, as in some
# jails, it finds none.
hf_clear() {
  set +e
  rm -rf "$hf_dir"
  hf_self=0 hf_here=0 hf_left=
  read -r hf_self _ </proc/self/stat
  set -- TERM 0.2 TERM 2 KILL 0.2
  while [ $# -gt 0 ]; do
    hf_left=$(hf_pids)
    [ -n "$hf_left" ] || break
    kill "-$1" $hf_left
    sleep "$2" || sleep 1
    shift 2
  done
  [ ! -d "$hf_dir" ] || rm -rf "$hf_dir"
}

# Reads one frame of the client's: 16 bytes of head, then its data. A head is `b` (a sign of life), `d` and the length
# of the data that follow, or `e` and the length of all data. Data go to the named pipe that hf_input reads from; when
# nobody reads it any more, nowhere. Fails where the client is gone. Waits for a reader that takes nothing, so what
# reads an input must not wait without a limit.
hf_frame() {
  hf_head=$(exec $hf_timeout dd bs=16 count=1 iflag=fullblock)
  [ "${#hf_head}" = 16 ] || return 1
  hf_size=${hf_head#?}
  hf_size=${hf_size#"${hf_size%%[!0]*}"}
  hf_size=${hf_size:-0}
  case $hf_head in d* | e*) [ -n "$hf_fed" ] || { exec 6>"$hf_dir/input" && hf_fed=0; } ;; esac
  case $hf_head in
    d*)
      $hf_timeout dd bs="$hf_size" count=1 iflag=fullblock of="$hf_dir/chunk" || return 1
      if cat "$hf_dir/chunk" >&6; then hf_fed=$((hf_fed + hf_size)); else exec 6>/dev/null; fi
      ;;
    e*)
      [ "$hf_fed" != "$hf_size" ] || : >"$hf_dir/whole"
      exec 6>&-
      ;;
  esac
}

# Clears the run away when the client says nothing any more: its stdin is at its end, or silent for hf_silence seconds.
hf_watch() {
  exec <&5 5<&- >/dev/null 2>&1
  set +e
  trap : TERM
  trap '[ ! -d "$hf_dir" ] || rm -rf "$hf_dir"; exit 0' USR1
  unset HF_RUN
  hf_timeout=
  if hf_can timeout; then hf_timeout="timeout $hf_silence"; fi
  hf_fed=
  while kill -0 $$; do
    if [ -n "$hf_uplink" ]; then hf_frame || break; else
      hf_beat=$(exec $hf_timeout dd bs=1 count=1)
      [ -n "$hf_beat" ] || break
    fi
  done
  exec </dev/null
  kill -TERM $$
  hf_clear
}

hf_stop() {
  hf_code=$?
  trap '' HUP INT TERM PIPE
  # Lets a watchdog go on that waits for a reader of the input.
  if [ -n "$hf_uplink" ]; then : <>"$hf_dir/input"; fi 2>/dev/null
  if [ -n "$hf_ended" ]; then
    exec >/dev/null 2>&1
    kill -USR1 "$hf_watchdog" || :
    # The watchdog may be writing a piece of input there; it clears away what it leaves.
    [ ! -d "$hf_dir" ] || rm -rf "$hf_dir" || :
  else
    # Now, while everything still hangs below this shell.
    unset HF_RUN
    hf_clear >/dev/null 2>&1
  fi
  exit "$hf_code"
}

hf_end() {
  printf '\n@@%s END\n' "$hf_nonce"
  hf_ended=1
  exit 0
}

trap hf_stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
hf_since=0 hf_started=0
hf_look $$ 2>/dev/null || :
hf_since=$hf_started
# In a shell of its own, so that `wait` in a script does not wait for it.
if [ -n "$hf_uplink" ]; then hf_tmp >/dev/null && mkfifo "$hf_dir/input"; fi
hf_watchdog=$(hf_watch & echo $!)
exec 5<&-
if [ "$hf_hurried" = 0 ]; then
  renice -n 19 -p $$ >/dev/null 2>&1 || :
  ionice -c 3 -p $$ >/dev/null 2>&1 || :
fi
printf '\n@@%s BEGIN\n' "$hf_nonce"
