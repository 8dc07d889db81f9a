# What the dump tool is. Facts: `tool`, `version`, and `history` where it can dump the history of tables.

main() {
  if hf_have mariadb-dump; then tool=mariadb-dump; elif hf_have mysqldump; then tool=mysqldump; else return 0; fi
  hf_fact tool "$tool"
  hf_fact version "$("$tool" --version)"
  if "$tool" --help | grep -q -- --dump-history; then hf_fact history 1; fi
}

main
