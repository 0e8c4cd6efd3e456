"""What else of HTTP has to come through: refusals, uploads, Host and Origin, a connection's next request, a client's leaving."""
import asyncio
import json
import re

import aiohttp

from . import wire
from .events import SSE
from .stage import ORIGIN

TRIES = 8
FORM_BYTES = 8_000_000
STREAMS = "streamdemo_http_streams"


async def origins(door):
    """A page of the proxy's own name may call; another page, and another name, may not."""
    host = ORIGIN.rpartition("/")[2]
    cases = (({"Host": host, "Origin": ORIGIN}, (202, "")),
             ({"Host": host, "Origin": "https://elsewhere.example"}, (403, "origin")),
             ({"Host": "elsewhere.example", "Origin": "https://elsewhere.example"}, (403, "host")))
    for headers, expected in cases:
        status, _, body = await wire.fetched(door.proxy.port, "POST", "/api/simulate", {**headers, "Content-Length": "0"})
        seen = status, wire.problem(body)
        if seen != expected:
            raise AssertionError(f"{headers} gives {' '.join(map(str, seen))}, not {' '.join(map(str, expected))}")
    return "judged"


async def curl(*arguments, stdin=None):
    process = await asyncio.create_subprocess_exec(
        "curl", "-s", "--http1.1", "--max-time", "20", "-w", "\n%{http_code}", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate(stdin)
    body, _, status = out.decode(errors="replace").rpartition("\n")
    return int(status), wire.problem(body)


async def refused(door, expected, *arguments):
    """How often of TRIES the gateway's own answer came, and what came instead."""
    seen = [await curl(*arguments) for _ in range(TRIES)]
    others = sorted({" ".join(map(str, s)).strip() for s in seen if s != expected})
    return "yes" if not others else f"{seen.count(expected)} of {TRIES}, else {', '.join(others)}"


async def early(door):
    """An answer that the gateway gives before it has the body: 415 for a form that waits for 100 Continue and for one that does
    not, 413 for a document that is too large."""
    form = door.proxy.directory / "form"
    form.write_bytes(b"x" * FORM_BYTES)
    video, task = f"{door.proxy.url}/api/process-video", f"{door.proxy.url}/api/simulate"
    cells = [await refused(door, (415, "media-type"), "-F", f"file=@{form}", video),
             await refused(door, (415, "media-type"), "-H", "Expect:", "-F", f"file=@{form}", video),
             await refused(door, (413, "too-large"), "-H", "Expect:", "-H", "Content-Type: application/json",
                           "--data-binary", f"@{form}", task)]
    return cells[0] if len(set(cells)) == 1 else "; ".join(f"{n}: {c}" for n, c in zip(("415 waited for", "415", "413"), cells))


async def upload(door):
    """A video of unknown length, in chunks: does the gateway have the first half before the second is sent? (What is in it is no
    video, which is the processor's affair.)"""
    half, received = FORM_BYTES // 2, "streamdemo_http_received_bytes_total"
    async with aiohttp.ClientSession() as http:
        before = await metric(http, door, received)
        passed = False

        async def chunks():
            nonlocal passed
            yield b"x" * half
            passed = await until_metric(http, door, received, lambda now: now >= before + half, 5)
            yield b"x" * half
        headers = {"Content-Type": "application/octet-stream"}
        async with http.post(f"{door.proxy.url}/api/process-video", data=chunks(), headers=headers) as answer:
            if answer.status != 202:
                return f"{answer.status} {wire.problem(await answer.read())}".strip()
            return "as it comes" if passed else "gathered first"


async def next_request(door):
    """Is the connection kept for the next request, after a stream that has ended?"""
    _, _, body = await wire.fetched(door.stage.port, "POST", "/api/simulate", {"Content-Length": "0"})
    task = json.loads(body)["urls"]["self"]
    async with wire.Connection(door.proxy.port) as connection:
        await connection.send("GET", f"{task}/events", SSE)
        status, headers = await connection.head()
        stream = await connection.whole(headers)
        if status != 200 or stream.count(b"event: ended") != 1:
            raise AssertionError(f"the stream is {status} {stream[-200:]}")
        if connection.reader.at_eof() or headers.get("connection", "").lower() == "close":
            return "closed"
        await connection.send("GET", task)
        try:
            status, headers = await connection.head()
        except (asyncio.IncompleteReadError, ConnectionError):
            return "closed unannounced"
        body = json.loads(await connection.whole(headers))
        if (status, body["status"]) != (200, "succeeded"):
            raise AssertionError(f"the next answer is {status} {body}")
        return "kept"


async def away(door):
    """What an EventSource gets that comes when the gateway is dead, and more than four seconds before it is there again."""
    _, _, body = await wire.fetched(door.stage.port, "POST", "/api/simulate", {"Content-Length": "0"})
    events = json.loads(body)["urls"]["events"]
    await door.stage.gateway.kill()
    asking = asyncio.create_task(wire.fetched(door.proxy.port, "GET", events, {**SSE, "Origin": ORIGIN}))
    await asyncio.wait([asking], timeout=4)
    await door.stage.bring_back()
    try:
        status, headers, stream = await asyncio.wait_for(asking, 30)
    except ConnectionRefusedError:
        return "is refused"
    if status != 200:
        return f"{status}: it gives up"
    if b"event: ended" in stream:
        return "waits"
    if not re.fullmatch(rb"retry: \d+\n", stream):
        raise AssertionError(f"what libraries take for an event: {stream}")
    if "access-control-allow-origin" not in headers:
        raise AssertionError("a page of another origin may not read that it is to come again")
    return "is told to come again"


async def leaving(door):
    """Within how long the gateway is rid of a stream whose client has gone."""
    payload = b'{"results": 2, "interval_ms": 3600000}'
    async with aiohttp.ClientSession() as http:
        async with http.post(f"http://127.0.0.1:{door.stage.port}/api/simulate", data=payload,
                             headers={"Content-Type": "application/json"}) as answer:
            task = (await answer.json())["urls"]
        before = await metric(http, door, STREAMS)
        async with wire.Connection(door.proxy.port) as connection:
            await connection.send("GET", task["events"], SSE)
            await connection.reader.readuntil(b"event: result")
            await until_metric(http, door, STREAMS, lambda now: now > before, 5)
            begin = asyncio.get_running_loop().time()
        gone = await until_metric(http, door, STREAMS, lambda now: now <= before, 20)
        async with http.post(f"http://127.0.0.1:{door.stage.port}{task['cancel']}") as answer:
            answer.raise_for_status()
    return f"{asyncio.get_running_loop().time() - begin:.0f} s" if gone else "not in 20 s"


async def metric(http, door, name):
    """Of the gateway, over all its labels."""
    async with http.get(f"http://127.0.0.1:{door.stage.management}/metrics") as answer:
        text = await answer.text()
    return sum(float(n) for n in re.findall(rf"^{name}\{{.*?\}} (\S+)", text, re.MULTILINE))


async def until_metric(http, door, name, true, seconds):
    try:
        async with asyncio.timeout(seconds):
            while not true(await metric(http, door, name)):
                await asyncio.sleep(0.1)
        return True
    except asyncio.TimeoutError:
        return False
