# Stays with the folder $1 until stdin ends, which it does when whoever started this is gone, however that came. Then
# the database server is ended and the folder removed. The rest of the arguments, if any: the database server's data
# folder, the program that prepares it, the server itself, and the options of both.
# Prints `ended CODE` where the database server ends by itself. Its messages go to database.log in the folder.

# $1 is the log; the rest as above.
database='
exec 3>&1 >"$1" 2>&1 </dev/null
data=$2 prepare=$3 server=$4
shift 4
code=0
"$prepare" --no-defaults --datadir="$data" --auth-root-authentication-method=normal --skip-test-db "$@" 3>&- &&
  "$server" --no-defaults --datadir="$data" --skip-networking "$@" 3>&- || code=$?
printf "ended %s\n" "$code" >&3
'

folder=$1
shift
trap '' HUP INT TERM
group=
if [ $# -gt 0 ]; then
  # A session of its own, so that one signal ends whatever it has started.
  setsid sh -c "$database" sh "$folder/database.log" "$@" &
  group=$!
fi
cat >/dev/null
[ -z "$group" ] || kill -KILL "-$group" 2>/dev/null || kill -KILL "$group" 2>/dev/null
wait
rm -rf "$folder"
