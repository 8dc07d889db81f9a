# The shadow line of one account. Nothing where there is none. Values: user.
getent shadow -- "$user" || hf_rc getent $?
hf_end
