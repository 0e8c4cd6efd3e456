#!/usr/bin/env bash
# sseclient (PyPI) 0.0.27 reads from beneath HTTP's chunked coding, so the lines that say how long the chunks are stand in the
# stream of events. Between two events nobody notices; in the middle of one its data is wrong.
#
# A server sends the same two events twice: each in one chunk, and then the same bytes with a chunk's end within the data of the
# first, as any proxy with a buffer of its own makes them (nginx: 4 KiB). By HTTP both are the same body, and a library that
# gets its bytes from `requests` is expected to see no chunks. So a test that speaks to the server itself passes for ever,
# and behind nginx the library fails as soon as some events come at once, after a reconnect for example. sseclient-py,
# which is imported by the same name, gets both.
#
# Seen with sseclient 0.0.27, sseclient-py 1.9.0, requests 2.34.2, urllib3 2.8.0, Python 3.11.7:
#   sseclient 0.0.27, a chunk for each event: ['one two', 'three']
#   sseclient 0.0.27, a chunk ends in an event: ['one', 'three']
#   sseclient-py 1.9.0, a chunk for each event: ['one two', 'three']
#   sseclient-py 1.9.0, a chunk ends in an event: ['one two', 'three']
#
# Exits 0 while that is so.
set -euo pipefail
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
python3 --version
for library in sseclient==0.0.27 sseclient-py==1.9.0; do
  python3 -m venv "$library"
  "$library/bin/pip" install --quiet --disable-pip-version-check "$library" requests==2.34.2 urllib3==2.8.0
done

cat >tried.py <<'PYTHON'
import socket
import sys
import threading

import requests
import sseclient

EVENTS = b"data: one two\n\ndata: three\n\n"
CUTS = {"a chunk for each event": (15,), "a chunk ends in an event": (9,)}


def serve(listener, cut):
    connection, _ = listener.accept()
    connection.recv(65536)
    parts = EVENTS[:cut], EVENTS[cut:]
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
                       b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n")
    connection.close()


def events(url):
    if hasattr(sseclient.SSEClient, "events"):  # sseclient-py
        return sseclient.SSEClient(requests.get(url, stream=True)).events()
    return iter(sseclient.SSEClient(url))


failed = False
for how, (cut,) in CUTS.items():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener, cut), daemon=True).start()
        stream = events(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        got = [next(stream).data for _ in range(2)]
    print(f"{sys.argv[1]}, {how}: {got}")
    right = got == ["one two", "three"]
    failed |= right != (cut == 15 or sys.argv[1].startswith("sseclient-py"))
sys.exit(failed)
PYTHON
status=0
for library in sseclient==0.0.27 sseclient-py==1.9.0; do
  timeout 30 "$library/bin/python" tried.py "${library/==/ }" || status=1
done
exit $status
