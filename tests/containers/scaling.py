"""More processors do more."""
import asyncio
import os
import time

from .load import Door


async def batch(door, kind, payload, number):
    """Tasks a second, of `number` tasks at once."""
    begin = time.monotonic()

    async def one(n):
        request_id = await door.clients.submit(kind, payload, key=f"{kind}-{begin}-{n}")
        await door.clients.watch(request_id, "sse")
    await asyncio.gather(*map(one, range(number)))
    return number / (time.monotonic() - begin)


async def scaling(stack):
    """--scale processor=1, 2, 4, one run at once in each: tasks a second of a kind that waits and of one that burns a core."""
    waiting, burning = {}, {}
    try:
        for n in (1, 2, 4):
            await stack.up({"processor": n}, CONCURRENCY="1")
            await stack.until_healthy(*await stack.containers("processor"))
            async with Door(stack) as door:
                await batch(door, "simulate", {"results": 1}, 24)  # the partitions have found their owners
                waiting[n] = await batch(door, "simulate", {"results": 2, "interval_ms": 500}, 48)
                burning[n] = await batch(door, "burn", {}, 24)
    finally:
        await stack.up()
        await stack.until_healthy(*await stack.containers("processor"))
    told = "; ".join(f"{n}: waiting {waiting[n]:.1f}/s, burning {burning[n]:.1f}/s" for n in waiting)
    # Waiting costs nothing, so more processors must do more of it, on any machine; a second core must show, too, and
    # more processors than cores must not do less than these.
    more_waiting = waiting[1] * 1.3 < waiting[2] and waiting[2] * 1.1 < waiting[4]
    more_burning = os.cpu_count() < 2 or burning[1] * 1.2 < burning[2] < burning[4] * 1.2
    if not more_waiting or not more_burning:
        raise AssertionError(told)
    return f"{told} ({os.cpu_count()} cores)"


ALL = (scaling,)
