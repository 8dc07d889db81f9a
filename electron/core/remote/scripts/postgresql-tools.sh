# What pg_restore is. Fact `restore`: its version, or nothing where there is none.

if hf_have pg_restore; then hf_fact restore "$(pg_restore --version)"; fi
