# Facts: uid, user; can.PROGRAM: a program that other scripts use often works as they want it.
hf_fact uid "$hf_uid"
hf_fact user "$(id -un)"
for name in setpriv timeout; do
  if hf_can "$name"; then hf_fact "can.$name" ''; fi
done
