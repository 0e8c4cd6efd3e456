"""Tasks ten times longer than the group's max.poll.interval.ms."""
import asyncio
import time
from datetime import datetime

from ..brokers import until

INTERVAL_SECONDS = 6
TASK_SECONDS = 60
PATIENCE = {"kafka.properties.max.poll.interval.ms": INTERVAL_SECONDS * 1000,
            "kafka.properties.session.timeout.ms": INTERVAL_SECONDS * 1000}


def said(stage, words):
    return sum(p.said().count(words) for p in stage.system.processes)


async def long_tasks(stage):
    """Members join and leave once per interval; the processors that run the tasks stay."""
    await stage.build(settings=PATIENCE)
    results = TASK_SECONDS // 5 + 1  # the first comes at once
    stayed = list(stage.system.processors)
    ids = [await stage.task(payload={"results": results, "interval_ms": 5000}, results=results) for _ in range(20)]
    await until("all run", lambda: all(i in stage.log.fold.tasks and stage.log.fold.tasks[i].starts for i in ids))
    before = said(stage, "partitions revoked")
    stage.fault(f"a member joins or leaves every {INTERVAL_SECONDS} s; max.poll.interval.ms is as much, a task ten times it")
    begin, guest, joined = time.monotonic(), None, 0
    for n in range(TASK_SECONDS // INTERVAL_SECONDS):
        if guest is None:
            guest = await stage.system.processor()
            joined += 1
        else:
            await guest.drain()
            guest = None
        await asyncio.sleep(max(0, begin + (n + 1) * INTERVAL_SECONDS - time.monotonic()))
    await stage.until_ended()
    moves = said(stage, "partitions revoked") - before
    stage.proved(f"{joined} joined, partitions were taken from a member {moves} times", moves >= joined)
    lasted = [seconds_of(stage, i) for i in ids]
    stage.proved(f"the tasks lasted {min(lasted):.0f} s and more", min(lasted) >= TASK_SECONDS - 1)
    started = [[h["ce_source"] for _, _, key, h in stage.log.records
                if key == i and h.get("ce_type") == "streamdemo.task.started"] for i in ids]
    stage.proved("exactly one `started` of each in the log, of a processor that stayed", all(
        len(sources) == 1 and stage.system.process(sources[0]) in stayed for sources in started))
    await stage.task(payload={"results": 1}, results=1)


def seconds_of(stage, request_id):
    """The time from the first to the last event, by the log's time."""
    view = next(view for view in stage.ledger.views if view.request_id == request_id)
    first, last = (stamp_of(view.events[n][1]) for n in (0, -1))
    return last - first


def stamp_of(event):
    return datetime.fromisoformat(event["log_time"]).timestamp()
