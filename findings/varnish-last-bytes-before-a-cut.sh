#!/usr/bin/env bash
# Varnish (Debian's varnish): what a backend has sent just before it closes the connection without the last chunk does not
# reach the client, although Varnish has got it, and the client is there and reads.
#
# What one expects: a proxy that streams passes on what it has, and cuts its client's connection after that; so a server that
# says "come again in ten seconds" and then ends may cut its streams at once. So do nginx, haproxy, Apache, lighttpd and Squid.
# What happens: with the backend's connection the whole object is a failed one, and the thread that delivers it stops
# there, whatever is still to be delivered. It is a race of two threads: a cut a moment later loses nothing, and
# `return (pipe)` never does.
#
# Seen with Debian 12:
#   varnishd (varnish-7.1.1 revision 7cee1c581bead20e88d101ab3d72afb29f14d87a)
#   pass, cut at once: the last bytes came 26 of 40 times
#   pass, cut 50 ms later: the last bytes came 40 of 40 times
#   pipe, cut at once: the last bytes came 40 of 40 times
#
# Exits 0 while that is so (the first number is chance, but not 40), 1 when not, 2 when it could not be tried.
set -euo pipefail
PATH=$PATH:/usr/sbin
command -v varnishd >/dev/null || { echo 'Debian: apt install varnish' >&2; exit 2; }
varnishd -V 2>&1 | head -1
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
cat >"$dir/cut.py" <<'PY'
import asyncio
import contextlib
import os
import signal
import socket
import sys

TIMES = 40


async def serve(reader, writer):
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n")
        await asyncio.sleep(0.1)
        writer.write(b"5\r\nlast\n\r\n")
        await asyncio.sleep(int(head.split()[1][1:]) / 1000)
    writer.close()


async def came(door, pause_ms):
    reader, writer = await asyncio.open_connection("127.0.0.1", door)
    writer.write(f"GET /{pause_ms} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    got = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert b"first\n" in got, got
    return b"last\n" in got


async def times(directory, how, *pauses):
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
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", door))[1].close()
                break
            await asyncio.sleep(0.1)
        else:
            sys.exit(2)
        counts = []
        for pause in pauses:
            counts.append(sum([await came(door, pause) for _ in range(TIMES)]))
            when = f"{pause} ms later" if pause else "at once"
            print(f"{how}, cut {when}: the last bytes came {counts[-1]} of {TIMES} times", flush=True)
        return counts
    finally:
        varnish.terminate()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(varnish.wait(), 10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(varnish.pid, signal.SIGKILL)
        server.close()


async def main(directory):
    at_once, later = await times(directory, "pass", 0, 50)
    piped, = await times(directory, "pipe", 0)
    return 0 if at_once < TIMES and later == piped == TIMES else 1


sys.exit(asyncio.run(main(sys.argv[1])))
PY
python3 -B "$dir/cut.py" "$dir"
