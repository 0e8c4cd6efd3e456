"""Tasks without a pause through the door, each followed over one of the transports; a ledger for each fault."""
import asyncio
import contextlib
import itertools
import time
from datetime import datetime
from types import SimpleNamespace

from faults.clients import TRANSPORTS, Clients
from faults.ledger import Ledger

from .through import nothing_lost


class Door:
    """What is checked: the stack behind its one address, with a ledger of its own."""

    def __init__(self, stack, partitions=12):
        self.stack, self.http, self.https = stack, stack.http, stack.https
        self.ledger = Ledger()
        self._behind = SimpleNamespace(gateways=[SimpleNamespace(url=stack.http)], names=SimpleNamespace(partitions=partitions))

    async def __aenter__(self):
        self.gateways = await self.stack.gateways()
        self.clients = await Clients(self._behind, self.ledger).__aenter__()
        return self

    async def __aexit__(self, *error):
        await self.clients.__aexit__(*error)

    async def judged(self):
        self.gateways = await self.stack.gateways()  # those that came back are reached elsewhere
        return await nothing_lost(self)


@contextlib.asynccontextmanager
async def load(door, per_second=6, results=10, interval_ms=100, keys=True):
    """The body begins once results come. At the end every task that was acknowledged has been followed to its end."""
    stop = asyncio.Event()
    begin = time.time_ns()

    async def one(n):
        key = f"load-{begin}-{n}" if keys and n % 2 else None
        request_id = await door.clients.submit("simulate", {"results": results, "interval_ms": interval_ms}, results=results, key=key)
        if request_id:
            await door.clients.watch(request_id, TRANSPORTS[n % len(TRANSPORTS)])

    async def steadily():
        async with asyncio.TaskGroup() as group:
            for n in itertools.count():
                group.create_task(one(n))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1 / per_second)
                    return
    going = asyncio.create_task(steadily())
    while not door.ledger.deliveries:
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(going, 180)


def longest_waits(ledger):
    """What the least lucky clients waited: for a 202, repeating included, and for the end of a task that had one."""
    def seconds(view):
        first, last = (datetime.fromisoformat(event["log_time"]) for _, event in (view.events[0], view.events[-1]))
        return (last - first).total_seconds()
    told = f"at most {max(t.at - t.sent_at for t in ledger.acknowledged.values()):.1f} s for a 202"
    told += f", {max(map(seconds, ledger.views)):.1f} s for a task"
    return told + (f"; not accepted: {dict(ledger.refused)}" if ledger.refused else "")


async def until_served_again(door, fault_at, seconds=120):
    """Until a task sent after the fault was acknowledged, and a result made after it arrived. What the ledger says."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        first, _, result = door.ledger.recovery(fault_at)
        if first is not None and result is not None:
            return f"first ack {first:.1f} s, first result {result:.1f} s"
        await asyncio.sleep(0.1)
    raise AssertionError(f"not served again after {seconds} s")
