#!/usr/bin/env bash
# SeaweedFS refuses to create an object with If-None-Match: * under a name that no object has, if it is a folder of others.
#
# In S3 `report` and `report/2026` are two names, and SeaweedFS takes both: a plain PUT of `report` beside `report/2026` makes a second
# object. With If-None-Match: * the same PUT is 412, as if `report` were there, while GET and HEAD say 404 and no list has it. It
# stays 412 for a while after the last object of the folder is deleted: whoever makes names by "create, unless it is there" and frees
# them by DELETE cannot get the name `report` back, although nothing in the bucket has ever had it.
#
# Seen with SeaweedFS 4.53 (Go module v0.0.0-20261109003541-7506e5f91cd6), curl 7.88.1:
#   list: report/2026
#   GET report: 404
#   PUT report, If-None-Match: *: 412
#   PUT report: 200
#   list: report report/2026
#   with both deleted, list:
#   PUT report, If-None-Match: *: 412
#
# The server is built by Go 1.26, in ten minutes; WEED may name one that is there.
set -euo pipefail
directory=$(mktemp -d)
server=
trap '[[ -z $server ]] || { kill "$server"; wait "$server" || true; }; rm -r "$directory"' EXIT
if [[ -z ${WEED:-} ]]; then
  source=$(go mod download -json github.com/seaweedfs/seaweedfs@v0.0.0-20261109003541-7506e5f91cd6 | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  WEED=$directory/weed
  CGO_ENABLED=0 go build -C "$source" -buildvcs=false -o "$WEED" ./weed
fi
"$WEED" version | head -1

mapfile -t ports < <(python3 -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(8)]
print(*(s.getsockname()[1] for s in held), sep="\n")')
mkdir "$directory/data"
# Without a configuration of keys everybody may do all.
"$WEED" server -dir="$directory/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 -volume.max=50 -master.volumeSizeLimitMB=64 \
  -master.port="${ports[0]}" -master.port.grpc="${ports[1]}" -volume.port="${ports[2]}" -volume.port.grpc="${ports[3]}" \
  -filer -filer.port="${ports[4]}" -filer.port.grpc="${ports[5]}" -s3 -s3.port="${ports[6]}" -s3.port.grpc="${ports[7]}" \
  >"$directory/log" 2>&1 &
server=$!
bucket=http://127.0.0.1:${ports[6]}/bucket

status() { curl -s -o "$directory/answer" -w '%{http_code}\n' "$@"; }
put() { status -X PUT --data-binary content -H 'Content-Type: text/plain' "$@"; }
list() { curl -s "$bucket?list-type=2" | grep -o '<Key>[^<]*' | sed 's/<Key>//' | xargs; }

until [[ $(status -X PUT "$bucket") == 200 && $(put "$bucket/report/2026") == 200 ]]; do
  kill -0 $server
  sleep 0.5
done
echo "list: $(list)"
echo "GET report: $(status "$bucket/report")"
echo "PUT report, If-None-Match: *: $(put "$bucket/report" -H 'If-None-Match: *')"
echo "PUT report: $(put "$bucket/report")"
echo "list: $(list)"
for name in report report/2026; do status -X DELETE "$bucket/$name" >"$directory/deleted"; done
echo "with both deleted, list: $(list || true)"
echo "PUT report, If-None-Match: *: $(put "$bucket/report" -H 'If-None-Match: *')"
