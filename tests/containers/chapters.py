"""The stack under tests: kills, rolling restarts, scaling, and what the door costs."""
import asyncio
import json
import os
import statistics
import time

import aiohttp

from .checks import equal
from .load import Door, load, until_served_again
from .stack import ROOT, run
from .through import INSECURE


async def first_clip(stack, begin):
    """From nothing to the first clip: up, then a sample video through TLS."""
    await stack.up()
    up = time.monotonic() - begin
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as http:
        headers = {"Accept": "application/x-ndjson"}
        async with http.post(f"{stack.https}/api/process-video", json={"source": "sample"}, headers=headers, **INSECURE) as answer:
            async for line in answer.content:
                event = json.loads(line)
                if event["type"] == "result":
                    break
        clip = next(v for v in event["data"].values() if str(v).startswith("/api/artifacts/"))
        async with http.get(stack.https + clip, **INSECURE) as answer:
            equal((200, "video/mp4"), (answer.status, answer.content_type))
            await answer.read()
    return f"`up` {up:.1f} s, first clip in hand after {time.monotonic() - begin:.1f} s"


async def sealed(stack):
    """Containers run as nobody in particular on read-only disks, and the door is the only one."""
    for service in ("gateway", "processor"):
        for container in await stack.containers(service):
            equal("10001", (await run("docker", "exec", container, "id", "-u")).strip())
            equal(True, "Read-only" in await run("docker", "exec", container, "touch", "/etc/x", check=False))
    published = [l for l in (await run("docker", "ps", "--filter", f"label=com.docker.compose.project={stack.project}",
                                       "--format", "{{.Ports}}")).splitlines() if "0.0.0.0" in l or "[::]" in l]
    equal([], published)


async def user_interface(stack):
    """The Kafka UI shows our topics. (A stand-in image shows no more than that.)"""
    async with aiohttp.ClientSession() as http, http.get(stack.ui) as answer:
        equal((200, True), (answer.status, "request.dead-letter" in await answer.text()))


async def end_to_end(stack):
    """curl, ws, EventSource and Chromium through the door: the suites of tests/e2e."""
    out = ""
    for suite, url in (("clients", stack.http), ("page", stack.https)):
        out += await run("tests/e2e/run", f"{suite}.test.mjs", environment={
            "STREAMDEMO_URL": url, "NODE_TLS_REJECT_UNAUTHORIZED": "0"})
    passed = sum(int(line.split()[-1]) for line in out.splitlines() if line.startswith(("# pass", "ℹ pass")))
    return f"{passed} tests"


def kill(service, number):
    async def check(stack):
        container = (await stack.containers(service))[number]
        before = await stack.state(container)
        async with Door(stack) as door:
            async with load(door):
                fault_at = await stack.kill(container)
                served = await until_served_again(door, fault_at)
                await stack.until_healthy(container, since=before["StartedAt"])
                back = time.monotonic() - fault_at
            seen = await door.judged()
        return f"{served}, healthy again {back:.1f} s; {seen}"
    check.__doc__ = f"kill -9 of {service}{f' {number + 1}' if service in ('gateway', 'processor') else ''} under load"
    return check


async def rolling(stack):
    """Gateways and processors restart one after the other under load: no submission refused, no answer 5xx."""
    since = int(time.time())
    async with Door(stack) as door:
        async with load(door, keys=False):
            for service in ("gateway", "processor"):
                for container in await stack.containers(service):
                    await stack.restart(container)
                    await stack.until_healthy(container)
        seen = await door.judged()
        equal({}, dict(door.ledger.refused), "submissions refused")
    proxy = (await stack.containers("reverse-proxy"))[0]
    accesses = (await run("docker", "logs", "--since", since, proxy)).splitlines()
    equal([], [a for a in accesses if '" 5' in a], "answers 5xx")
    return f"{seen}; {len(accesses)} requests"


async def quiet(stack):
    """Streams without events for 100 s stay open on every transport."""
    async with Door(stack) as door:
        request_id = await door.clients.submit("simulate", {"results": 2, "interval_ms": 100_000}, results=2)
        views = await asyncio.gather(*(door.clients.watch(request_id, t) for t in ("sse", "lines", "websocket")))
        equal(0, door.clients.trouble, "streams cut")
    return f"{len(views)} streams"


async def batch(door, kind, payload, number):
    """Seconds for `number` tasks at once."""
    begin = time.monotonic()

    async def one(n):
        request_id = await door.clients.submit(kind, payload, key=f"{kind}-{begin}-{n}")
        await door.clients.watch(request_id, "sse")
    await asyncio.gather(*map(one, range(number)))
    return time.monotonic() - begin


async def scaling(stack):
    """--scale processor=1, 2, 4, one run at once in each: tasks a second of a kind that waits and of one that burns a core."""
    rates = {}
    for n in (1, 2, 4):
        await stack.compose("up", "-d", "--scale", f"processor={n}", CONCURRENCY="1")
        await stack.until_healthy(*await stack.containers("processor"))
        async with Door(stack) as door:
            await batch(door, "simulate", {"results": 1}, 24)  # the partitions have found their owners
            rates[n] = (48 / await batch(door, "simulate", {"results": 2, "interval_ms": 500}, 48),
                        24 / await batch(door, "burn", {}, 24))
    told = "; ".join(f"{n}: waiting {w:.1f}/s, burning {b:.1f}/s" for n, (w, b) in rates.items())
    await stack.up()
    await stack.until_healthy(*await stack.containers("processor"))
    # Waiting costs nothing, so more processors must do more of it, on any machine.
    if not rates[1][0] * 1.3 < rates[2][0] or not rates[2][0] * 1.1 < rates[4][0]:
        raise AssertionError(told)
    return f"{told} ({os.cpu_count()} cores)"


async def delays(stack):
    """From a result's making to its arrival, through the door and at a gateway directly, side by side."""
    async with Door(stack) as door:
        ways = {"direct": door.gateways[0].url, "nginx": stack.http, "nginx, TLS": stack.https}
        seen = {name: [] for name in ways}

        async def follow(http, name, task):
            url = f"{ways[name]}/api/tasks/{task}/events"
            async with http.get(url, headers={"Accept": "application/x-ndjson"}, **INSECURE) as answer:
                async for line in answer.content:
                    event = json.loads(line)
                    if event["type"] == "result":
                        seen[name].append(time.time() - seconds_of(event["time"]))

        async def one(http):
            task = await door.clients.submit("simulate", {"results": 200, "interval_ms": 50}, key=f"delay-{time.time_ns()}")
            await asyncio.gather(*(follow(http, name, task) for name in ways))
        async with aiohttp.ClientSession() as http:
            await asyncio.gather(*(one(http) for _ in range(6)))
    return "; ".join(f"{name}: p50 {statistics.median(d) * 1e3:.1f} ms, p99 {statistics.quantiles(d, n=100)[98] * 1e3:.1f} ms"
                     for name, d in seen.items()) + f" ({len(seen['nginx'])} results each)"


def seconds_of(time_text):
    from datetime import datetime
    return datetime.fromisoformat(time_text).timestamp()


async def crowd(stack):
    """1,000 SSE and 1,000 WebSocket clients at once through the door, on one task: each sees every event once."""
    each = 1000
    async with Door(stack) as door:
        door.clients.http.connector._limit = 0
        task = await door.clients.submit("simulate", {"results": 20, "interval_ms": 3000}, results=20, key=f"crowd-{time.time_ns()}")
        watchers = [asyncio.create_task(door.clients.watch(task, ("sse", "websocket")[n % 2])) for n in range(2 * each)]
        begin = time.monotonic()
        while sum(bool(v.events) for v in door.ledger.views) < 2 * each:
            await asyncio.sleep(0.1)
        there = time.monotonic() - begin
        open_at_once = sum(not w.done() for w in watchers)
        await asyncio.gather(*watchers)
        ages = [age for _, age in door.ledger.deliveries][-10 * each:]
        seen = await door.judged()
        equal(2 * each, open_at_once, "clients open at once")
    memory = (await run("docker", "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}")).splitlines()
    told = ", ".join(l.split(" / ")[0].removeprefix("streamdemo-test") for l in memory if "gateway" in l or "proxy" in l)
    return f"all there after {there:.1f} s; delay p50 {statistics.median(ages) * 1e3:.0f} ms; {seen}; {told}"


SERVES = (sealed, user_interface, end_to_end)
KILLS = (*(kill(f"kafka{n}", 0) for n in (1, 2, 3)), *(kill("gateway", n) for n in (0, 1)),
         *(kill("processor", n) for n in (0, 1)), kill("reverse-proxy", 0))
MEASURES = (rolling, quiet, delays, crowd, scaling)
