"""What the product promises of events, through a proxy: each once, in order, and at once; also when the gateway goes away."""
import asyncio
import statistics
import time
from dataclasses import dataclass

from faults.clients import TRANSPORTS

from . import wire

EVENTS, INTERVAL_MS = 50, 100
PATIENCE = 40
LONG = {"results": 2, "interval_ms": 3_600_000}  # the first result at once, the second in an hour
SSE = {"Accept": "text/event-stream"}


@dataclass(frozen=True)
class Door:
    """A proxy that runs, and what is behind it."""
    stage: object
    proxy: object


def once_and_in_order(view):
    seqs = [seq for seq, _ in view.events]
    if seqs != list(range(1, len(seqs) + 1)):
        raise AssertionError(f"the events came as {seqs}")
    indexes = view.valid_results()
    if indexes != list(range(EVENTS)):
        raise AssertionError(f"the results are {indexes}, not 0 to {EVENTS - 1}")


async def bounded(what, seconds=PATIENCE):
    try:
        return await asyncio.wait_for(what, seconds)
    except asyncio.TimeoutError:
        raise AssertionError(f"not there after {seconds} s") from None


def milliseconds(seconds):
    return f"{max(seconds, 0) * 1e3:.1f} ms"


async def transports(door):
    """Each transport's cell: the median of what the proxy adds to the time from an event's making to its arrival."""
    cells = await asyncio.gather(*(one_transport(door, transport) for transport in TRANSPORTS), return_exceptions=True)
    return dict(zip(TRANSPORTS, cells))


async def one_transport(door, transport):
    if transport in ("sse", "lines", "websocket"):
        await first_result(door, transport)
    async with door.stage.clients() as direct, door.stage.clients(door.proxy.url) as through:
        task = await direct.submit("simulate", {"results": EVENTS, "interval_ms": INTERVAL_MS})
        begin = time.monotonic()
        views = await bounded(asyncio.gather(direct.watch(task, transport), through.watch(task, transport)))
        for view in views:
            once_and_in_order(view)
        if transport == "poll":
            return await polls(direct, door, task)
        straight, round_about = direct.arrivals[views[0].client], through.arrivals[views[1].client]
        # What was there before both clients were does not count.
        late = [round_about[seq] - at for seq, at in straight.items() if at > begin + 0.5]
        if len(late) < EVENTS // 2:
            raise AssertionError(f"only {len(late)} events to measure")
        return milliseconds(statistics.median(late))


async def polls(clients, door, task):
    """A poll has its own rhythm, so its way there and back is what is measured."""
    async def asked(base):
        begin = time.monotonic()
        async with clients.http.get(f"{base}/api/tasks/{task}?after=0") as answer:
            await answer.read()
        return time.monotonic() - begin
    times = [(await asked(f"http://127.0.0.1:{door.stage.port}"), await asked(door.proxy.url)) for _ in range(EVENTS)]
    return milliseconds(statistics.median(through - direct for direct, through in times))


async def first_result(door, transport):
    """Comes while the next one is an hour away: no proxy that waits for more shows it."""
    async with door.stage.clients(door.proxy.url) as clients:
        task = await clients.submit("simulate", LONG)
        watching = asyncio.create_task(clients.watch(task, transport))
        try:
            async with asyncio.timeout(10):
                while not any(e["type"] == "result" for v in clients.ledger.views for _, e in v.events):
                    await asyncio.sleep(0.02)
        except asyncio.TimeoutError:
            raise AssertionError(f"no event while the task runs{await refusal(door, task, transport)}") from None
        finally:
            watching.cancel()
            await asyncio.wait([watching])
            async with clients.http.post(f"http://127.0.0.1:{door.stage.port}/api/tasks/{task}/cancel") as answer:
                answer.raise_for_status()


async def refusal(door, task, transport):
    """Why a WebSocket did not come about."""
    if transport != "websocket":
        return ""
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "c3RyZWFtZGVtby1kZW1vIQ=="}
    try:
        async with asyncio.timeout(5), wire.Connection(door.proxy.port) as connection:
            await connection.send("GET", f"/api/tasks/{task}/events", headers)
            status, said = await connection.head()
            body = await connection.whole(said) if status >= 400 else b""
            return f": the handshake is answered {status} {wire.problem(body)}".rstrip()
    except asyncio.TimeoutError:
        return ": the handshake is not answered"


async def restart(door, how):
    """The gateway ends in mid-stream, and another begins at its address. Clients of all transports, with their cursors, have
    each event once. Returns how the stream ended for whoever did not come back."""
    async with door.stage.clients() as direct, door.stage.clients(door.proxy.url) as through:
        task = await direct.submit("simulate", {"results": EVENTS, "interval_ms": INTERVAL_MS})
        watching = [asyncio.create_task(through.watch(task, transport)) for transport in TRANSPORTS]
        ending = asyncio.create_task(end_of_stream(door, task))
        try:
            await bounded(all_follow(through), 15)
            if any(view.ends() for view in through.ledger.views):
                raise AssertionError("the events came when all were made: there was no stream to break")
            await getattr(door.stage.gateway, how)()
            await door.stage.bring_back()
            for view in await bounded(asyncio.gather(*watching)):
                once_and_in_order(view)
            return await ending
        finally:
            for unfinished in (*watching, ending):
                unfinished.cancel()
            await asyncio.wait([*watching, ending])


async def all_follow(clients):
    while len(clients.ledger.views) < len(TRANSPORTS) or not all(len(v.events) > 5 for v in clients.ledger.views):
        await asyncio.sleep(0.02)


async def end_of_stream(door, task):
    async with wire.Connection(door.proxy.port) as connection:
        await connection.send("GET", f"/api/tasks/{task}/events", SSE)
        _, headers = await connection.head()
        stream = b""
        try:
            async with asyncio.timeout(15):
                async for piece in connection.pieces(headers):
                    stream += piece
                    if stream.endswith(b"\n\n") and b"event: ended" in stream:
                        return "goes on"
        except asyncio.TimeoutError:
            return "hangs"
        except (asyncio.IncompleteReadError, ConnectionError):
            end = "cut"
        else:
            end = "looks whole"
        return end + (", `retry:` said" if b"event: reconnect" in stream else "")


async def after_sigterm(door):
    return await restart(door, "drain")


async def after_kill(door):
    return await restart(door, "kill")
