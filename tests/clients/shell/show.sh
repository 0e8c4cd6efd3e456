# What every program here does with an event, in place of something useful: prints one line about it.
type_of() { [[ $1 =~ \"type\":\"([a-z]+)\" ]] && echo "${BASH_REMATCH[1]}"; }
seq_of() { if [[ $1 =~ \"seq\":([0-9]+) ]]; then echo "${BASH_REMATCH[1]}"; fi; }
show() {
  local seq
  seq=$(seq_of "$1")
  printf '{"type":"%s","seq":%s,"at":%s}\n' "$(type_of "$1")" "${seq:-null}" "$(date +%s%3N)"
}
