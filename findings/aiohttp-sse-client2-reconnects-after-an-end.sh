#!/usr/bin/env bash
# aiohttp-sse-client2 comes back after a response that ended properly, and not after one that was cut.
#
# A server sends one event in a chunked response with the number that the Last-Event-ID asks for, and then either HTTP's last
# chunk or nothing, and closes. Its features name the automatic reconnect after trouble with the network. But it
# comes back only where there was none: a cut is an error of aiohttp's, which goes through its loop to the caller.
#
# Seen with aiohttp-sse-client2 0.3.0, aiohttp 3.14.5, Python 3.11.7:
#   ended properly: events 1 2
#   cut: events 1, then ClientPayloadError
set -euo pipefail
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
python3 -m venv venv
venv/bin/pip install --quiet aiohttp-sse-client2==0.3.0 aiohttp==3.14.5
venv/bin/python --version

cat >tried.py <<'PYTHON'
import asyncio
import datetime
import re

import aiohttp
from aiohttp_sse_client2 import client


async def answer(reader, writer, last_chunk):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    asked = re.search(r"Last-Event-ID: (\d+)", head, re.IGNORECASE)
    number = int(asked[1]) + 1 if asked else 1
    event = f"id: {number}\ndata: {number}\n\n"
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
                 f"{len(event):x}\r\n{event}\r\n".encode() + last_chunk)
    await writer.drain()
    writer.close()


async def tried(last_chunk):
    server = await asyncio.start_server(lambda r, w: answer(r, w, last_chunk), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    numbers, then = [], ""
    try:
        async with client.EventSource(f"http://127.0.0.1:{port}/", reconnection_time=datetime.timedelta(seconds=0.1)) as source:
            async for event in source:
                numbers.append(event.data)
                if len(numbers) == 2:
                    break
    except aiohttp.ClientError as error:
        then = f", then {type(error).__name__}"
    server.close()
    return "events " + " ".join(numbers) + then


async def main():
    ended, cut = await tried(b"0\r\n\r\n"), await tried(b"")
    print(f"ended properly: {ended}\ncut: {cut}")
    assert (ended, cut) == ("events 1 2", "events 1, then ClientPayloadError")


asyncio.run(asyncio.wait_for(main(), 30))
PYTHON
venv/bin/python tried.py
