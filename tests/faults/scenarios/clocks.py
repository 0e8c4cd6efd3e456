"""Clocks that are wrong."""
import pathlib
import subprocess
import time
from datetime import datetime
from email.utils import parsedate_to_datetime

from ..brokers import until

AHEAD_SECONDS = 3600
SOURCE = pathlib.Path(__file__).resolve().parents[1] / "clock_ahead.c"
MINUTES = 60_000
# Windows that are shorter than the hour: judged by the wrong clock, everything would be long over.
WINDOWS = {"tasks.default_deadline_ms": 5 * MINUTES, "tasks.max_deadline_ms": 10 * MINUTES,
           "results.keep_for_ms": 10 * MINUTES}


def an_hour_ahead(stage):
    """The environment of a process whose clock is wrong."""
    library = stage.directory / "clock_ahead.so"
    subprocess.run(["cc", "-shared", "-fPIC", f"-DAHEAD_SECONDS={AHEAD_SECONDS}", "-o", library, SOURCE], check=True)
    return {"LD_PRELOAD": str(library)}


async def date_of(stage, gateway):
    """What time the gateway believes it is, less what time it is."""
    async with stage.clients.http.get(f"{gateway.url}/api/tasks") as answer:
        return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()


async def gateway_ahead(stage):
    """It must neither end the others' tasks, nor forget them, nor give its own another deadline than they asked for."""
    await stage.build(gateways=2, settings=WINDOWS)
    slow = {"results": 20, "interval_ms": 1000}
    async with stage.load():
        early = [await stage.task(payload=slow, results=20, turn=n) for n in range(6)]
        stage.fault("a gateway whose clock is an hour ahead joins")
        odd = await stage.system.gateway(environment=an_hour_ahead(stage))
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
        odd = await stage.system.processor(environment=an_hour_ahead(stage))
        await until("it has work", lambda: starts_of(stage, odd), 60)
        await stage.system.processors[0].drain()
        await stage.until_acknowledged_again()
    stage.proved("its records are of the next hour", all(told_ahead(stage, i) for i in starts_of(stage, odd)))


def ended(stage, request_id):
    return request_id in stage.log.fold.tasks and stage.log.fold.tasks[request_id].ended_offset is not None


def starts_of(stage, process):
    return [key for key, task in stage.log.fold.tasks.items()
            if any(stage.system.process(start.source) is process for start in task.starts)]


def told_ahead(stage, request_id):
    """Whether some record of the task was made in what its sender took for the next hour."""
    told = [datetime.fromisoformat(headers["ce_time"]).timestamp() - time.time()
            for _, _, key, headers in stage.log.records if key == request_id]
    return any(AHEAD_SECONDS - 600 < seconds < AHEAD_SECONDS + 10 for seconds in told)
