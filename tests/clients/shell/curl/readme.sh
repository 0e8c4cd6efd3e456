source "$(dirname "$0")/../show.sh"

curl -sN "$1" -H 'Accept: application/x-ndjson' --retry 5 --retry-all-errors |
  while read -r event; do
    show "$event"
  done
