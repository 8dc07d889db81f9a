# Facts: uid, user.
hf_fact uid "$hf_uid"
hf_fact user "$(id -un)"
