#!/usr/bin/env bash
# eventsource (npm) 5 and undici's EventSource: a program that only follows a stream ends at the first cut, with code 0 and
# without a word, since the timer of the reconnect does not hold the process.
#
# A server sends `retry: 200` and one event, and closes the connection; it would send another event to whom comes back. The
# client is what the README shows: an EventSource with a listener. 4.1.1 comes back, and so do the others where anything else
# is alive (here an interval); alone they do not. An open connection does hold the process, and an EventSource is said
# to stay open until close(): one would expect that the program goes on.
#
# Seen with Node 20.20.2 (5.1.5 asks for 22.12 or later):
#   eventsource@4.1.1: 2 events, exit code 0
#   eventsource@5.1.5: 1 event, exit code 0
#   eventsource@5.1.5 beside: 2 events, exit code 0
#   undici@7.30.2: 1 event, exit code 0
#   undici@7.30.2 beside: 2 events, exit code 0
set -euo pipefail
directory=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -r "$directory"' EXIT
cd "$directory"
node --version

cat >server.mjs <<'JS'
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const server = createServer((request, response) => {
  const next = Number(request.headers["last-event-id"] ?? 0) + 1;
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.end(`retry: 200\nid: ${next}\ndata: ${next}\n\n`);
});
server.listen(0, "127.0.0.1", () => writeFileSync("port", String(server.address().port)));
JS
cat >client.mjs <<'JS'
const { EventSource } = await import(process.argv[2]);
const other = process.argv[4] ? setInterval(() => {}, 1000) : null;
const source = new EventSource(`http://127.0.0.1:${process.argv[3]}/`);
let events = 0;
source.onmessage = () => {
  if (++events < 2) return;
  source.close();
  clearInterval(other);
};
process.on("exit", () => console.log(`${events} event${events === 1 ? "" : "s"}`));
JS
node server.mjs &
server=$!
until [[ -s port ]]; do sleep 0.05; done

for package in eventsource@4.1.1 eventsource@5.1.5 undici@7.30.2; do
  mkdir "$package"
  cp client.mjs "$package"
  (cd "$package" && npm install --silent --no-audit --no-fund "$package")
done

# tried PACKAGE [beside]: what a client says, and its exit code.
tried() {
  local said code=0
  said=$(timeout 20 node --no-warnings "$1/client.mjs" "${1%@*}" "$(<port)" "${@:2}") || code=$?
  echo "$said, exit code $code"
}
status=0
# expect OUTCOME PACKAGE [beside]
expect() {
  local outcome
  outcome=$(tried "${@:2}")
  echo "${*:2}: $outcome"
  [[ $outcome == "$1" ]] || status=1
}
expect '2 events, exit code 0' eventsource@4.1.1
for package in eventsource@5.1.5 undici@7.30.2; do
  expect '1 event, exit code 0' "$package"
  expect '2 events, exit code 0' "$package" beside
done
exit $status
