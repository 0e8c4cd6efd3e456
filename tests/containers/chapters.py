"""What the stack of docker/compose.yaml is, and that it serves."""
import asyncio
import json
import time

import aiohttp

from .checks import equal
from .load import Door
from .stack import run
from .through import INSECURE


async def first_clip(stack, begin):
    """From nothing to the first clip: up, then a sample video."""
    await stack.up()
    up = time.monotonic() - begin
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as http:
        await until_the_page_is_there(http, stack.https)
        url, headers = f"{stack.https}/api/process-video", {"Accept": "application/x-ndjson"}
        async with http.post(url, json={"source": "sample"}, headers=headers, **INSECURE) as answer:
            async for line in answer.content:
                event = json.loads(line)
                if event["type"] == "result":
                    break
        clip = next(v for v in event["data"].values() if str(v).startswith("/api/artifacts/"))
        async with http.get(stack.https + clip, **INSECURE) as answer:
            equal((200, "video/mp4"), (answer.status, answer.content_type))
            await answer.read()
    return f"`up` {up:.1f} s, first clip in hand after {time.monotonic() - begin:.1f} s"


async def until_the_page_is_there(http, url):
    """As somebody who reloads: a container that has started need not listen yet."""
    while True:
        try:
            async with http.get(url, **INSECURE) as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)


async def confined(stack):
    """Each container is limited, watched, restarted, and its log rotated; ours are nobody's on read-only disks; one door."""
    for service in await stack.services():
        for container in await stack.containers(service):
            await stack.until_healthy(container)
            about = await stack.about(container)
            host, image = about["HostConfig"], about["Config"]["Image"]
            equal(("unless-stopped", {"max-file": "3", "max-size": "10m"}, ["no-new-privileges:true"]),
                  (host["RestartPolicy"]["Name"], host["LogConfig"]["Config"], host["SecurityOpt"]), service)
            equal(True, host["Memory"] > 0, service)
            published = {at["HostIp"] for bindings in (host["PortBindings"] or {}).values() for at in bindings}
            equal(True, published <= {"127.0.0.1"}, f"{service} is published at {published}")
            if service in ("gateway", "processor"):
                user = await run("docker", "exec", container, "id", "-u")
                equal(("10001", ["ALL"]), (user.strip(), host["CapDrop"]), service)
            else:
                equal(True, image.rpartition(":")[2][0].isdigit(), f"a pinned version: {image}")
            if service in ("gateway", "processor", "reverse-proxy"):
                equal(True, "Read-only" in await run("docker", "exec", container, "touch", "/etc/x", check=False), service)
    return ", ".join(await stack.services())


async def user_interface(stack):
    """The Kafka UI shows our topics. (A stand-in image shows no more than that.)"""
    async with aiohttp.ClientSession() as http, http.get(stack.ui) as answer:
        equal((200, True), (answer.status, "request.dead-letter" in await answer.text()))


async def end_to_end(stack):
    """curl, ws, EventSource and Chromium through the door: the suites of tests/e2e."""
    out = ""
    for suite, url in (("clients", stack.http), ("descriptions", stack.http), ("page", stack.https)):
        out += await run("tests/e2e/run", f"{suite}.test.mjs", environment={
            "STREAMDEMO_URL": url, "NODE_TLS_REJECT_UNAUTHORIZED": "0"})
    passed = sum(int(line.split()[-1]) for line in out.splitlines() if line.startswith(("# pass", "ℹ pass")))
    return f"{passed} tests"


async def quiet(stack):
    """Streams without events for 100 s stay open on every transport."""
    async with Door(stack) as door:
        request_id = await door.clients.submit("simulate", {"results": 2, "interval_ms": 100_000}, results=2)
        views = await asyncio.gather(*(door.clients.watch(request_id, t) for t in ("sse", "lines", "websocket")))
        equal(0, door.clients.trouble, "streams cut")
    return f"{len(views)} streams"


async def laptop(stack):
    """compose.laptop.yaml: one container, to its first clip, and its end."""
    alone = stack.laptop()
    begin = time.monotonic()
    try:
        seen = await first_clip(alone, begin)
        container, = await alone.containers("streamdemo")
        equal(0, await alone.stop(container), "exit code")
    finally:
        await alone.down()
    return seen


ALL = (confined, user_interface, end_to_end, quiet, laptop)
