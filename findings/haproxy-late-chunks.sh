#!/usr/bin/env bash
# HAProxy (Debian's haproxy), `mode http` and nothing else: the pieces of a chunked answer reach the client 0.2 s late, and
# at once when the same server sends them behind `101 Switching Protocols`.
#
# What one expects: a proxy that spools nothing passes a piece on when it comes. A test over WebSocket through it says so.
# What happens: while an HTTP answer is not complete, HAProxy tells the kernel that more is coming (MSG_MORE), so a small
# piece waits in the kernel for 0.2 s, or for more to send with it. A tunnel, which an upgraded connection is, is sent without that.
# `option http-no-delay` takes it from HTTP, too. So: whoever streams events over HTTP through HAProxy needs that line, and a
# check over WebSocket does not find it missing.
#
# Seen with Debian 12:
#   HAProxy version 2.6.12-1+deb12u4
#   chunked:                       median 207.2 ms late
#   behind 101:                    median   0.4 ms late
#   chunked, option http-no-delay: median   0.4 ms late
#
# Exits 0 while the first is above 20 ms and the others are below, 1 when not, 2 when it could not be tried.
set -euo pipefail
PATH=$PATH:/usr/sbin
command -v haproxy >/dev/null || { echo 'Debian: apt install haproxy' >&2; exit 2; }
haproxy -v | grep -o 'HAProxy version [^ ]*'
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/late.py" <<'PY'
import asyncio
import statistics
import sys
import time

PIECES, PAUSE = 20, 0.3
HEADS = {"/chunked": b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
         "/upgraded": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: pieces\r\n\r\n"}


async def serve(reader, writer):
    path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
    writer.write(HEADS[path])
    for _ in range(PIECES):
        await asyncio.sleep(PAUSE)
        piece = b"made %.6f\n" % time.monotonic()
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if path == "/chunked" else piece)
    writer.write(b"0\r\n\r\n" if path == "/chunked" else b"")
    await writer.drain()
    writer.close()


async def lateness(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    upgrade = b"Connection: Upgrade\r\nUpgrade: pieces\r\n" if path == "/upgraded" else b""
    writer.write(b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (path.encode(), upgrade))
    late = []
    while len(late) < PIECES and (line := await reader.readline()):
        if line.startswith(b"made "):
            late.append(time.monotonic() - float(line[5:]))
    writer.close()
    if len(late) < PIECES:
        sys.exit(2)
    return statistics.median(late) * 1e3


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


async def through(directory, option, path):
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    behind, door = server.sockets[0].getsockname()[1], free_port()
    conf = f"{directory}/haproxy.cfg"
    with open(conf, "w") as f:
        f.write(f"defaults\n  mode http\n{option}  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n"
                f"listen door\n  bind 127.0.0.1:{door}\n  server one 127.0.0.1:{behind}\n")
    haproxy = await asyncio.create_subprocess_exec("haproxy", "-db", "-q", "-f", conf)
    try:
        for _ in range(100):
            try:
                (await asyncio.open_connection("127.0.0.1", door))[1].close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        return await asyncio.wait_for(lateness(door, path), 60)
    finally:
        haproxy.terminate()
        await haproxy.wait()
        server.close()


async def main(directory):
    chunked = await through(directory, "", "/chunked")
    print(f"chunked:                       median {chunked:5.1f} ms late")
    upgraded = await through(directory, "", "/upgraded")
    print(f"behind 101:                    median {upgraded:5.1f} ms late")
    mended = await through(directory, "  option http-no-delay\n", "/chunked")
    print(f"chunked, option http-no-delay: median {mended:5.1f} ms late")
    return 0 if chunked > 20 > max(upgraded, mended) else 1


sys.exit(asyncio.run(main(sys.argv[1])))
PY
python3 -B "$dir/late.py" "$dir"
