"""Gateways that die, and how other gateways continue."""
import asyncio
import time

from ..brokers import until
from ..wire import Writer, derived_id

CLIENTS = 1000


async def kill_gateway(stage):
    """1,000 streaming clients reconnect with their cursors to another gateway."""
    await stage.build()
    tasks = [stage.task(payload={"results": 20, "interval_ms": 1000}, results=20, transport=transport, turn=0)
             for _ in range(20) for transport in ("sse", "lines", "websocket")]
    ids = await asyncio.gather(*tasks)
    for n in range(CLIENTS - len(ids)):
        stage.watch(ids[n % len(ids)], ("sse", "lines", "websocket")[n % 3], turn=0)
    views = stage.ledger.views
    await until("all clients stream", lambda: sum(view.cursor > 2 for view in views) >= CLIENTS, 60)
    at = {view.client: view.cursor for view in views}
    stage.fault(f"kill -9 of the gateway with {CLIENTS} streaming clients")
    stage.proved(await stage.system.gateways[0].kill())
    await until("all clients go on", lambda: all(view.cursor > at[view.client] for view in views), 60)
    stage.proved(f"{stage.clients.trouble} connections broke", stage.clients.trouble >= CLIENTS)
    await stage.task(payload={"results": 1}, results=1)
    await stage.system.gateway()


async def kill_gateway_between(stage):
    """A gateway dies between `accepted` and the request; its client repeats the request with its key at another one."""
    await stage.build()
    stage.fault("kill -9 of a gateway between `accepted` and the request")
    async with Writer(stage) as writer:
        for n in range(20):
            # Write what such a gateway leaves behind, the same bytes except for its name. Then the client repeats its request.
            payload = {"results": 3, "interval_ms": 50}
            key = f"between-{n}"
            request_id = derived_id("simulate", key)
            await writer.accepted(request_id, "simulate", stage.clients.body(payload))
            await until("the gateways know the task", lambda i=request_id: i in stage.log.fold.tasks)
            again = await asyncio.gather(*(stage.task(payload=payload, results=3, key=key, turn=turn) for turn in (0, 1)))
            if again != [request_id] * 2:
                raise AssertionError(f"the key {key} names {again}, not {request_id}")
    await stage.until_ended()
    stage.proved("20 keys, repeated at two gateways each, are 20 tasks")
    folded = [stage.log.fold.tasks[i] for i in stage.ledger.acknowledged]
    stage.proved("the dead gateway's `accepted` was the one that counted, and each task ran once",
                 all(task.events.count("accepted") == 1 and len(task.starts) == 1 for task in folded))


async def key_elsewhere(stage):
    """A repeated Idempotency-Key finds its task at another gateway, and after the death of the first."""
    await stage.build()
    payload = {"results": 4, "interval_ms": 200}
    first = [await stage.task(payload=payload, results=4, key=f"key-{n}", turn=0) for n in range(20)]
    second = [await stage.task(payload=payload, results=4, key=f"key-{n}", turn=1) for n in range(20)]
    stage.proved("a key at another gateway names the same task", first == second)
    stage.fault("kill -9 of the gateway that accepted the tasks")
    stage.proved(await stage.system.gateways[0].kill())
    third = [await stage.task(payload=payload, results=4, key=f"key-{n}", turn=0) for n in range(20)]
    stage.proved("after its death, too", first == third)
    await stage.system.gateway()
    await stage.task(payload=payload, results=4)
    await stage.until_ended()
    runs = [len(stage.log.fold.tasks[i].starts) for i in first]
    stage.proved("each ran once", runs == [1] * len(first))


async def cancel_elsewhere(stage):
    await stage.build()
    ids = [await stage.task(payload={"results": 600, "interval_ms": 100}, ends=("canceled",), turn=0) for _ in range(10)]
    await until("all run", lambda: all(i in stage.log.fold.tasks and stage.log.fold.tasks[i].results > 2 for i in ids))
    stage.fault("cancel at another gateway than the one that accepted")
    answers = await asyncio.gather(*(stage.clients.cancel(i, turn=1) for i in ids))
    stage.proved("canceled there", answers == ["canceled"] * len(ids))
    await stage.until_ended(20)


async def late_joiner(stage):
    """A client that connects late, to another gateway, gets the whole history from the first event."""
    await stage.build()
    ids = [await stage.task(payload={"results": 50, "interval_ms": 100}, results=50, turn=0) for _ in range(10)]
    await until("all are half done", lambda: all(stage.log.fold.tasks[i].results > 25 for i in ids if i), 60)
    stage.fault("clients join half-way at another gateway, one of them started only then")
    await stage.system.gateway()
    joined = [stage.watch(i, transport, turn) for i in ids for turn in (1, 2) for transport in ("sse", "websocket", "poll")]
    await asyncio.wait(joined, timeout=60)
    stage.proved(f"{len(joined)} late clients have the whole history",
                 all(w.done() and w.result().events[0][0] == 1 for w in joined))


async def expiry_alone(stage):
    """Tasks expire with no processor alive."""
    await stage.build(processors=1)
    stage.fault("kill -9 of the only processor")
    stage.proved(await stage.system.processors[0].kill())
    begin = time.monotonic()
    ids = [await stage.task(ends=("expired",), query="?deadline_ms=3000", turn=n) for n in range(20)]
    await stage.until_ended(30)
    stage.proved(f"all expired within {time.monotonic() - begin:.0f} s",
                 all(stage.log.fold.tasks[i].events == ["accepted", "ended"] for i in ids))
    orphans = [await stage.task(ends=("expired",), query="?deadline_ms=3000", turn=0) for _ in range(5)]
    stage.proved(await stage.system.gateways[0].kill() + ", which had accepted others")
    await stage.until_ended(40)
    stage.proved("those expired, too", all(stage.log.fold.tasks[i].events == ["accepted", "ended"] for i in orphans))
