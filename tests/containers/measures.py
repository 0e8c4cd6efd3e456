"""What the door costs: the same results followed through it and at the gateways themselves, side by side in one run; and how
many clients it carries."""
import asyncio
import json
import statistics
import time
from datetime import datetime

import aiohttp

from .checks import equal
from .through import INSECURE, nothing_lost


def percentiles(seconds):
    """p50 and p99, in milliseconds."""
    return f"p50 {statistics.median(seconds) * 1e3:.1f} ms, p99 {statistics.quantiles(seconds, n=100)[98] * 1e3:.1f} ms"


async def delays(door, tasks=6, results=200, interval_ms=50):
    """From a result's making to its arrival: at a gateway directly, through nginx, and through nginx with TLS."""
    seen = {"direct": [], "nginx": [], "nginx, TLS": []}
    payload = {"results": results, "interval_ms": interval_ms}

    async def follow(http, way, base, task):
        url, headers = f"{base}/api/tasks/{task}/events", {"Accept": "application/x-ndjson"}
        async with http.get(url, headers=headers, **INSECURE) as answer:
            opened = time.time()
            async for line in answer.content:
                event = json.loads(line)
                if event["type"] == "result":
                    made = datetime.fromisoformat(event["time"]).timestamp()
                    if made > opened:  # those before had to wait for their client
                        seen[way].append(time.time() - made)

    async def one(http, n):
        task = await door.clients.submit("simulate", payload, key=f"delay-{n}-{time.time_ns()}")
        direct = door.gateways[n % len(door.gateways)].url  # as nginx, which deals its connections out
        await asyncio.gather(*(follow(http, way, base, task) for way, base in zip(seen, (direct, door.http, door.https))))
    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(one(http, n) for n in range(tasks)))
    return "; ".join(f"{way}: {percentiles(ages)} of {len(ages)}" for way, ages in seen.items())


async def crowd(door, each=1000, results=20, interval_ms=3000):
    """1,000 SSE and 1,000 WebSocket clients at once through the door, on one task: each sees every event once."""
    payload = {"results": results, "interval_ms": interval_ms}
    task = await door.clients.submit("simulate", payload, results=results, key=f"crowd-{time.time_ns()}")
    begin = time.monotonic()
    watchers = [asyncio.create_task(door.clients.watch(task, ("sse", "websocket")[n % 2])) for n in range(2 * each)]
    while sum(bool(v.events) for v in door.ledger.views) < 2 * each:
        await asyncio.sleep(0.1)
    there = time.monotonic() - begin
    equal(2 * each, sum(not w.done() for w in watchers), "clients open at once")
    await asyncio.gather(*watchers)
    equal(0, door.clients.trouble, "connections that were refused or cut")
    # The last results came when all were there.
    ages = [age for _, age in door.ledger.deliveries][-2 * each * 5:]
    return f"all there after {there:.1f} s; {percentiles(ages)}; {await nothing_lost(door)}"


ALL = (delays, crowd)
