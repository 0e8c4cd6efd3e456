"""What must hold for every client behind nginx, whatever runs there. A `door` has `http` and `https` (base addresses),
`clients` (of the fault tests, with the door as their only gateway), their `ledger`, and `gateways`, each with the `name` and
`url` under which it is reached directly."""
import asyncio
import json
import subprocess
import tempfile

import aiohttp

from faults.clients import TRANSPORTS

from .checks import equal

JSON = {"Content-Type": "application/json"}
INSECURE = {"ssl": False}  # the certificate is self-signed
LONG = {"results": 2, "interval_ms": 3_600_000}  # the first result at once, the second in an hour


async def curl(*arguments):
    process = await asyncio.create_subprocess_exec("curl", "-sk", "--max-time", "20", *arguments,
                                                   stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return process.returncode, out.decode()


async def submitted(http, base, payload=None, **headers):
    async with http.post(f"{base}/api/simulate", json=payload or {}, headers=headers, **INSECURE) as answer:
        return answer.status, answer.headers, await answer.json()


async def nothing_lost(door):
    """The ledger's judgement over all tasks and views so far, with every gateway's own histories."""
    turns = asyncio.Semaphore(16)

    async def history(gateway, request_id):
        async with turns:
            return request_id, await door.clients.history(gateway, request_id)
    histories = {g.name: dict(await asyncio.gather(*(history(g, i) for i in door.ledger.acknowledged))) for g in door.gateways}
    verdict = door.ledger.judge(histories)
    if not verdict.good:
        raise AssertionError(f"{verdict.counts} of {verdict.tasks} tasks: {verdict.complaints[:10]}")
    return f"{verdict.tasks} tasks, {len(door.ledger.views)} views: nothing lost, doubled or missing"


async def both_versions(door):
    """HTTP/2 over TLS, HTTP/1.1 without, and the page behind both."""
    for base, version in ((door.https, "2"), (door.http, "1.1")):
        code, out = await curl("-o", "/dev/null", "-w", "%{http_version} %{http_code} %{content_type}", f"{base}/")
        equal((0, f"{version} 200 text/html; charset=utf-8"), (code, out))


async def nothing_is_held_back(door):
    """An event reaches SSE, JSON-lines and WebSocket clients while the next one is an hour away."""
    async with aiohttp.ClientSession() as http:
        for base in (door.http, door.https):
            _, headers, task = await submitted(http, base, LONG)
            events = base + task["urls"]["events"]
            await asyncio.wait_for(asyncio.gather(*(first(http, events) for first in (sse, lines, websocket))), 15)
            async with http.post(base + task["urls"]["cancel"], **INSECURE) as answer:
                equal(200, answer.status)
            equal(True, headers["Location"].startswith("/api/tasks/"), "a relative address")


async def sse(http, url):
    async with http.get(url, headers={"Accept": "text/event-stream"}, **INSECURE) as answer:
        async for line in answer.content:
            if line.startswith(b"event: result"):
                return


async def lines(http, url):
    async with http.get(url, headers={"Accept": "application/x-ndjson"}, **INSECURE) as answer:
        async for line in answer.content:
            if json.loads(line)["type"] == "result":
                return


async def websocket(http, url):
    async with http.ws_connect(url, protocols=("streamdemo.v1",), **INSECURE) as ws:
        async for message in ws:
            if json.loads(message.data)["type"] == "result":
                return


async def every_transport(door):
    """Thirty tasks, followed over every transport."""
    async def one(n):
        request_id = await door.clients.submit("simulate", {"results": 5, "interval_ms": 20}, results=5, key=f"each-{id(door)}-{n}")
        await door.clients.watch(request_id, TRANSPORTS[n % len(TRANSPORTS)])
    await asyncio.gather(*map(one, range(30)))
    return await nothing_lost(door)


async def a_video(door):
    """A video goes in over HTTP/2, its clips come out."""
    with tempfile.TemporaryDirectory() as directory:
        video = f"{directory}/own.mp4"
        subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10", "-t", "4",
                        "-pix_fmt", "yuv420p", video], check=True)
        code, out = await curl("-N", "-T", video, "-X", "POST", "-H", "Accept: application/x-ndjson",
                               f"{door.https}/api/process-video?clip_seconds=2")
    equal((0, True), (code, '"status":"succeeded"' in out), out)
    clip = next(p for p in out.split('"') if p.startswith("/api/artifacts/"))
    code, out = await curl("-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-r", "0-99", door.https + clip)
    equal((0, "206 100"), (code, out))


async def origins(door):
    """A page of the door's own may call, a foreign one may not; a foreign name is refused."""
    async with aiohttp.ClientSession() as http:
        for base in (door.http, door.https):
            equal(202, (await submitted(http, base, Origin=base))[0])
            status, _, problem = await submitted(http, base, Origin="https://elsewhere.example")
            equal((403, "urn:streamdemo:problem:origin"), (status, problem["type"]))
            status, _, problem = await submitted(http, base, Host="elsewhere.example")
            equal((403, "urn:streamdemo:problem:host"), (status, problem["type"]))


async def refusals(door):
    """What is too large, of the wrong type or for an unknown kind gets its own answer, not nginx's page."""
    big = b"x" * 3_000_000
    cases = [("/api/simulate", JSON, big, 413, "too-large"),
             ("/api/simulate", JSON, b"x" * 1_500_000, 413, "too-large"),
             ("/api/process-video", {"Content-Type": "multipart/form-data; boundary=x"}, big, 415, "media-type"),
             ("/api/no-such-kind", JSON, b"{}", 404, "unknown-kind")]
    async with aiohttp.ClientSession() as http:
        for path, headers, body, status, name in cases:
            for base in (door.http, door.https):
                async with http.post(base + path, headers=headers, data=body, **INSECURE) as answer:
                    equal((status, f"urn:streamdemo:problem:{name}"), (answer.status, (await answer.json(content_type=None))["type"]), path)


ALL = (both_versions, nothing_is_held_back, every_transport, a_video, origins, refusals)
