# Asks SQLite whether the database `path` is whole, as its owner `uid` `gid`. Code `check`: 127 where the server has no
# sqlite3; the fact `said`: `ok`, or the first things that are wrong.

code=0
said=
if hf_have sqlite3; then
  said=$(hf_as '' "$uid" "$gid" sqlite3 -batch -init /dev/null -readonly "$path" 'PRAGMA integrity_check(10)' 2>&1) || code=$?
else
  code=127
fi
hf_fact said "$said"
hf_rc check "$code"
