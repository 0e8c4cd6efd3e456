#!/usr/bin/env bash
# Varnish (Debian's varnish): `send_timeout` ends an answer that flows without a pause, and its default, 600 s, ends every
# stream of events after ten minutes, heartbeats or not.
#
# What one expects: by the name, and by nginx's directive of the same name, the longest pause between two writes to a client;
# a stream with signs of life every few seconds lives for ever.
# What happens: it is the time for the whole answer. (The one between two writes is called `idle_send_timeout`.) The client
# sees the connection end without the last chunk. A short test of streams through Varnish passes. So: -p send_timeout= with
# what no stream outlives, or `return (pipe)`, to which it does not apply.
#
# Seen with Debian 12, send_timeout=3, five pieces a second for 8 s:
#   varnishd (varnish-7.1.1 revision 7cee1c581bead20e88d101ab3d72afb29f14d87a)
#   pass: cut after 3.1 s with 15 of 40 pieces; the longest pause was 0.2 s
#   pipe: 40 of 40 pieces
#
# Exits 0 while that is so, 1 when not, 2 when it could not be tried.
set -euo pipefail
PATH=$PATH:/usr/sbin
command -v varnishd >/dev/null || { echo 'Debian: apt install varnish' >&2; exit 2; }
varnishd -V 2>&1 | head -1
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
cat >"$dir/stream.py" <<'PY'
import asyncio
import contextlib
import os
import signal
import socket
import sys
import time

PIECES, PAUSE, LIMIT = 40, 0.2, 3


async def serve(reader, writer):
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(PIECES):
            writer.write(b"6\r\npiece\n\r\n")
            await writer.drain()
            await asyncio.sleep(PAUSE)
        writer.write(b"0\r\n\r\n")
    writer.close()


async def watch(port):
    """Pieces, seconds to the end, the longest pause, whether the last chunk came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    begin = last = time.monotonic()
    got, longest = b"", 0
    while not got.endswith(b"0\r\n\r\n") and (piece := await reader.read(4096)):
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
        got += piece
    writer.close()
    return got.count(b"piece\n"), time.monotonic() - begin, longest, got.endswith(b"0\r\n\r\n")


async def through(directory, how):
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        door = s.getsockname()[1]
    vcl = f"{directory}/{how}.vcl"
    with open(vcl, "w") as f:
        f.write(f'vcl 4.1;\nbackend b {{ .host = "127.0.0.1"; .port = "{server.sockets[0].getsockname()[1]}"; }}\n'
                f"sub vcl_recv {{ return ({how}); }}\n")
    varnish = await asyncio.create_subprocess_exec(
        "varnishd", "-F", "-n", f"{directory}/{how}", "-a", f"127.0.0.1:{door}", "-f", vcl, "-s", "malloc,16m",
        "-p", f"send_timeout={LIMIT}", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", door))[1].close()
                break
            await asyncio.sleep(0.1)
        else:
            sys.exit(2)
        return await asyncio.wait_for(watch(door), 60)
    finally:
        varnish.terminate()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(varnish.wait(), 10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(varnish.pid, signal.SIGKILL)
        server.close()


async def main(directory):
    pieces, seconds, longest, whole = await through(directory, "pass")
    print(f"pass: {'whole' if whole else 'cut'} after {seconds:.1f} s with {pieces} of {PIECES} pieces; "
          f"the longest pause was {longest:.1f} s")
    piped, _, _, end = await through(directory, "pipe")
    print(f"pipe: {piped} of {PIECES} pieces")
    return 0 if not whole and longest < LIMIT / 2 and seconds < LIMIT + 2 and piped == PIECES and end else 1


sys.exit(asyncio.run(main(sys.argv[1])))
PY
python3 -B "$dir/stream.py" "$dir"
