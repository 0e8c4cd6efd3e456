source "$(dirname "$0")/../show.sh"
shopt -s lastpipe # so that the loop can set our variables

last=0 type=''
until [[ $type == ended ]]; do
  # --retry is for the 503 of a proxy that has no gateway; --retry-all-errors would begin with the first event again.
  curl -sSN --fail --retry 9 "$1?after=$last" -H 'Accept: application/x-ndjson' |
    while read -r event; do
      show "$event"
      type=$(type_of "$event") seq=$(seq_of "$event")
      last=${seq:-$last} # `heartbeat` and `reconnect` have none
    done
  code=${PIPESTATUS[0]}
  ((code != 22)) || exit 22 # a task that is not known, for example
  [[ $type == ended ]] || sleep 2
done
