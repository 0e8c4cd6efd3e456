"""nginx before real gateways: uploads, quiet streams, gateways that die, leave and come."""
import asyncio
from types import SimpleNamespace

import aiohttp

from faults.clients import TRANSPORTS, Clients
from faults.ledger import Ledger

from .checks import equal
from .through import INSECURE, LONG, curl, nothing_lost, submitted


async def uploads_are_streamed(world):
    """An upload reaches the gateway's disk while the client still sends; one that is broken off leaves nothing."""
    half_seen = asyncio.Event()
    artifacts = world.directory / "system/artifacts"

    def bytes_there():
        return sum(f.stat().st_size for f in artifacts.rglob("*") if f.is_file())
    before = bytes_there()

    async def body():
        yield b"x" * 500_000
        while bytes_there() < before + 400_000:
            await asyncio.sleep(0.02)
        half_seen.set()
        raise ConnectionError("the client goes away")
    async with aiohttp.ClientSession() as http:
        try:
            async with http.post(f"{world.https}/api/process-video", data=body(), headers={"Content-Type": "video/mp4"}, **INSECURE):
                raise AssertionError("there was an answer")
        except (aiohttp.ClientError, ConnectionError):
            pass
    equal(True, half_seen.is_set())
    while bytes_there() > before:
        await asyncio.sleep(0.02)


SHORT = [("proxy_read_timeout 75s", "proxy_read_timeout 4s"), ("proxy_send_timeout 75s", "proxy_send_timeout 4s")]


async def quiet_streams_live(world):
    """A stream without events outlives nginx's read timeout, on every kind of stream."""
    async with world.door("short", SHORT) as door, aiohttp.ClientSession() as http:
        _, _, task = await submitted(http, world.http, LONG)
        behind = SimpleNamespace(gateways=[SimpleNamespace(url=door.http)], names=world.names)
        async with Clients(behind, Ledger()) as clients:
            watchers = [asyncio.create_task(clients.watch(task["request_id"], t)) for t in ("sse", "lines", "websocket")]
            await asyncio.sleep(10)  # twice and a half the timeout, in which nothing happens: that is the point
            equal(0, clients.trouble, "streams that were cut")
            async with http.post(world.http + task["urls"]["cancel"]) as answer:
                equal(200, answer.status)
            views = await asyncio.gather(*watchers)
    equal({"canceled"}, {v.ends()[0]["data"]["status"] for v in views})


async def cut_is_told(world):
    """A stream whose gateway is killed ends without its end, over HTTP/1.1 and HTTP/2: the client can tell."""
    async with aiohttp.ClientSession() as http:
        _, _, task = await submitted(http, world.http, LONG)
    victim = world.gateways[0]
    world.dns.addresses = [victim.address]
    asked = world.dns.asked
    while world.dns.asked == asked:  # until nginx knows of the change
        await curl(f"{world.http}/api/kinds")
    streams = [await asyncio.create_subprocess_exec("curl", "-skN", "--max-time", "30", base + task["urls"]["events"], stdout=asyncio.subprocess.PIPE)
               for base in (world.http, world.https)]
    for stream in streams:
        await stream.stdout.readline()  # it has begun
    await victim.kill()
    codes = [await stream.wait() for stream in streams]
    world.dns.addresses = [g.address for g in world.gateways]
    await world.gateway(victim.address)
    # 18: data is outstanding; 92: the stream was reset.
    equal([18, 92], codes, "curl's exit codes")


async def under_load(world, fault):
    """Forty tasks over four seconds, each followed over one of the transports, while `fault` runs."""
    begun = asyncio.Event()

    async def one(n):
        await asyncio.sleep(n / 10)
        request_id = await world.clients.submit("simulate", {"results": 10, "interval_ms": 200}, results=10)
        if n == 10:
            begun.set()
        if request_id:
            await world.clients.watch(request_id, TRANSPORTS[n % len(TRANSPORTS)])
    work = asyncio.gather(*map(one, range(40)))
    await begun.wait()
    await fault()
    await work
    return await nothing_lost(world)


async def a_gateway_dies(world):
    """A gateway is killed under load: every client goes on through nginx with its cursor."""
    async def kill():
        victim = world.gateways[0]
        await victim.kill()
        await world.gateway("127.0.0.4")
        world.dns.addresses.remove(victim.address)
    return await under_load(world, kill)


async def gateways_roll(world):
    """Both gateways are replaced one after the other under load: no submission fails."""
    refused = dict(world.ledger.refused)

    async def roll():
        for victim in world.gateways:
            await victim.drain()
            await world.gateway(victim.address)
            world.dns.addresses.remove(victim.address)
    seen = await under_load(world, roll)
    equal(refused, dict(world.ledger.refused), "submissions refused")
    return seen


ALL = (uploads_are_streamed, quiet_streams_live, cut_is_told, a_gateway_dies, gateways_roll)
