"""Clocks that are wrong."""
import asyncio
import itertools
import pathlib
import struct
import subprocess
import time
from datetime import datetime
from email.utils import parsedate_to_datetime

from ..brokers import NODES, until

AHEAD_SECONDS = 3600
SOURCE = pathlib.Path(__file__).resolve().parents[1] / "clock_ahead.c"
MINUTES = 60_000
# Times shorter than an hour: by the wrong clock, everything would have expired long ago.
WINDOWS = {"tasks.default_deadline_ms": 5 * MINUTES, "tasks.max_deadline_ms": 10 * MINUTES,
           "results.keep_for_ms": 10 * MINUTES}


class Clock:
    """The wall clock of the processes that are started with its environment."""

    def __init__(self, stage, ahead=0):
        library = stage.directory / "clock_ahead.so"
        self.file = stage.directory / f"clock-{len(list(stage.directory.glob('clock-*')))}"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        self.file.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_AHEAD": str(self.file)}
        self.set(ahead)

    def set(self, ahead):
        # Write in place, because the processes have mapped the file.
        with open(self.file, "r+b") as f:
            f.write(struct.pack("=q", ahead))


async def date_of(stage, gateway):
    """How many seconds the gateway's clock is ahead."""
    async with stage.clients.http.get(f"{gateway.url}/api/tasks") as answer:
        return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()


async def gateway_ahead(stage):
    """The gateway must neither end nor forget tasks of others, nor change the deadlines that its own clients asked for."""
    await stage.build(gateways=2, settings=WINDOWS)
    slow = {"results": 20, "interval_ms": 1000}
    async with stage.load():
        early = [await stage.task(payload=slow, results=20, turn=n) for n in range(6)]
        stage.fault("a gateway whose clock is an hour ahead joins")
        odd = await stage.system.gateway(environment=Clock(stage, AHEAD_SECONDS).environment)
        ahead = await date_of(stage, odd)
        stage.proved(f"its `Date` is {ahead:.0f} s ahead", abs(ahead - AHEAD_SECONDS) < 10)
        late = [await stage.task(payload=slow, results=20, turn=2) for _ in range(6)]
        short = [await stage.task(payload={"results": 60, "interval_ms": 1000}, ends=("expired",), query="?deadline_ms=5000",
                                  turn=2) for _ in range(3)]
        await stage.until_acknowledged_again()
        await until("the tasks with a short deadline expire", lambda: all(ended(stage, i) for i in short), 20)
    stage.proved(f"{len(late)} tasks that it accepted say so in the log", all(told_ahead(stage, i) for i in late))
    await stage.until_ended()
    runs = [len(stage.log.fold.tasks[i].starts) for i in early + late]
    stage.proved("tasks of before and after ran once", runs == [1] * len(runs))


async def processor_ahead(stage):
    await stage.build(processors=1, settings=WINDOWS)
    async with stage.load():
        stage.fault("a processor whose clock is an hour ahead joins, then is the only one")
        odd = await stage.system.processor(environment=Clock(stage, AHEAD_SECONDS).environment)
        await until("it has work", lambda: starts_of(stage, odd), 60)
        await stage.system.processors[0].drain()
        await stage.until_acknowledged_again()
    stage.proved("its records are of the next hour", all(told_ahead(stage, i) for i in starts_of(stage, odd)))


async def steps(stage):
    """A gateway's clock, and then a processor's, is set an hour forward, and two hours back, while tasks run and wait."""
    await stage.build(gateways=1, processors=1, settings=WINDOWS)
    slow = {"results": 12, "interval_ms": 1000}
    clocks = {}
    for role in ("gateway", "processor"):
        clocks[role] = Clock(stage)
        odd = await getattr(stage.system, role)(environment=clocks[role].environment)
        if role == "gateway":
            gateway = odd
    tasks, short, keys = [], [], keys_of(stage)
    async with stage.load():
        for role, clock in clocks.items():
            for ahead in (AHEAD_SECONDS, -AHEAD_SECONDS):
                tasks += [await stage.task(payload=slow, results=12, turn=n, key=next(keys)) for n in range(3)]
                short.append(await stage.task(payload={"results": 60, "interval_ms": 1000}, ends=("expired",),
                                              query="?deadline_ms=8000", turn=1, key=next(keys)))
                await asyncio.sleep(2)
                stage.fault(f"a {role}'s clock is set to {ahead:+d} s")
                clock.set(ahead)
                if role == "gateway":
                    await asyncio.sleep(2)  # a date is made once a second
                    seen = await date_of(stage, gateway)
                    stage.proved(f"its `Date` is {seen:.0f} s ahead", abs(seen - ahead) < 10)
                tasks += [await stage.task(payload=slow, results=12, turn=n, key=next(keys)) for n in range(3)]
                await until("the task with a short deadline expires", lambda: ended(stage, short[-1]), 20)
            clock.set(0)
        await stage.until_acknowledged_again()
    await stage.until_ended()
    runs = [len(stage.log.fold.tasks[i].starts) for i in tasks]
    stage.proved("tasks of before, between and after ran once", runs == [1] * len(runs))


async def broker_steps(stage):
    """A broker's clock is set an hour forward, two hours back, and right again: the partitions that it leads get such log times."""
    clock, node = Clock(stage), NODES[0]
    async with stage.brokers.in_environment(node, clock.environment):
        await stage.build(settings=WINDOWS)
        led = [p for p in range(stage.names.partitions)
               if await stage.brokers.leader(stage.names.response, p) == node]
        stage.proved(f"broker {node} leads {len(led)} partitions of `response`", led)
        slow = {"results": 12, "interval_ms": 1000}
        tasks, short, keys = [], [], keys_of(stage)
        async with stage.load():
            for ahead in (AHEAD_SECONDS, -AHEAD_SECONDS, 0):
                tasks += [await stage.task(payload=slow, results=12, turn=n, key=next(keys)) for n in range(6)]
                short += [await stage.task(payload={"results": 60, "interval_ms": 1000}, ends=("expired",),
                                           query="?deadline_ms=8000", turn=n, key=next(keys)) for n in range(6)]
                await asyncio.sleep(2)
                stage.fault(f"broker {node}'s clock is set to {ahead:+d} s")
                clock.set(ahead)
                tasks += [await stage.task(payload=slow, results=12, turn=n, key=next(keys)) for n in range(6)]
                await until("the tasks with a short deadline expire", lambda: all(ended(stage, i) for i in short), 40)
            await stage.until_acknowledged_again()
        await stage.until_ended()
        for ahead in (AHEAD_SECONDS, -AHEAD_SECONDS):
            # A run of the scenario takes much less than half of the hour.
            there = [p for p, t in stage.log.log_times if abs(t - time.time() - ahead) < AHEAD_SECONDS / 2]
            stage.proved(f"{len(there)} records have log times of the {'next' if ahead > 0 else 'last'} hour, all there",
                         there and set(there) <= set(led))
    runs = [len(stage.log.fold.tasks[i].starts) for i in tasks]
    stage.proved("tasks of before, between and after ran once", runs == [1] * len(runs))


def keys_of(stage):
    """Keys, so that the client repeats each submission until it is accepted."""
    return (f"{stage.names.group}-clock-{n}" for n in itertools.count())


def ended(stage, request_id):
    return request_id in stage.log.fold.tasks and stage.log.fold.tasks[request_id].ended_offset is not None


def starts_of(stage, process):
    return [key for key, task in stage.log.fold.tasks.items()
            if any(stage.system.process(start.source) is process for start in task.starts)]


def told_ahead(stage, request_id):
    """Whether a record of the task has a time of the next hour, by the clock of its sender."""
    told = [datetime.fromisoformat(headers["ce_time"]).timestamp() - time.time()
            for _, _, key, headers in stage.log.records if key == request_id]
    return any(AHEAD_SECONDS - 600 < seconds < AHEAD_SECONDS + 10 for seconds in told)
