"""Ten thousand tasks while everything breaks in turn."""
import asyncio
import contextlib
import itertools
import random

from ..brokers import until
from ..clients import TRANSPORTS

TASKS = 10_000
CLIENTS = 100
CALM_SECONDS = 8  # between a fault that is over and the next


async def ten_thousand(stage):
    await stage.build(gateways=2, processors=3, settings={"processor.concurrency": 400})
    going = asyncio.create_task(submit_all(stage))
    await until("the first results", lambda: stage.ledger.deliveries, 60)
    seed = random.randrange(10_000)
    stage.fault(f"random faults one after another (seed {seed})")
    counts = await break_in_turn(stage, random.Random(seed), going)
    await going
    await stage.brokers.until_whole(stage.names.topics)
    for what, n in counts.items():
        stage.proved(f"{n} times {what}")
    stage.proved(f"{len(stage.log.takeovers())} runs taken over", stage.log.takeovers())
    await stage.until_acknowledged_again()
    await stage.until_ended(300)


async def submit_all(stage):
    """Submits until this many are acknowledged, however many are refused; each client starts a new task when its last one has ended."""
    async def client(n):
        for turn in itertools.count():
            if len(stage.ledger.acknowledged) >= TASKS:
                return
            number = turn * CLIENTS + n
            key = f"{stage.names.group}-{number}" if number % 2 else None
            request_id = await stage.clients.submit("simulate", {"results": 3, "interval_ms": 300}, results=3,
                                                    turn=number, key=key)
            if request_id is not None:
                await stage.watch(request_id, TRANSPORTS[number % len(TRANSPORTS)], number)
    await asyncio.gather(*map(client, range(CLIENTS)))


async def break_in_turn(stage, dice, going):
    counts = {}
    kinds = [kill_leader, kill_processor, kill_gateway, freeze_processor]
    for n in range(10_000):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(going), CALM_SECONDS)
        if going.done():
            return counts
        # First each kind of fault once.
        what = await (kinds[n] if n < len(kinds) else dice.choice(kinds))(stage, dice)
        counts[what] = counts.get(what, 0) + 1


async def kill_leader(stage, dice):
    partition = dice.randrange(stage.names.partitions)
    node = await stage.brokers.leader(stage.names.response, partition)
    await stage.brokers.kill(node)
    await stage.brokers.until_moved(lambda but: stage.brokers.leader(stage.names.response, partition, but), node)
    await stage.brokers.start(node)
    await stage.brokers.until_whole(stage.names.topics)
    return "kill -9 of a leader"


async def kill_processor(stage, dice):
    await dice.choice(stage.system.processors).kill()
    await stage.system.processor()
    return "kill -9 of a processor"


async def freeze_processor(stage, dice):
    frozen = dice.choice(stage.system.processors)
    await frozen.stop()
    await asyncio.sleep(20)
    frozen.cont()
    return "SIGSTOP of a processor for 20 s"


async def kill_gateway(stage, dice):
    await dice.choice(stage.system.gateways).kill()
    await stage.system.gateway()
    return "kill -9 of a gateway"
