"""Processors that die, freeze, join and leave."""
import asyncio
import time

from ..brokers import until
from .kinds import line_by_line


async def kill_processor(stage):
    """One of two processors is killed while many tasks run on it."""
    await stage.build()
    async with stage.load(interval_ms=400):
        stage.fault("kill -9 of one of two processors")
        stage.proved(await stage.system.processors[0].kill())
        await until("runs are taken over", stage.log.takeovers, 60)
        await stage.system.processor()
        await stage.until_acknowledged_again()
    stage.proved(f"{len(stage.log.takeovers())} runs taken over")


RESULTS = 4
KINDS = {
    "simulate": {"results": RESULTS, "interval_ms": 1000},
    "process-video": {"source": "sample", "sample_seconds": 12, "clip_seconds": 3, "size": "720p", "preset": "slow"},
    "resuming": {},
    "restarting": {},
}


async def kill_at_every_result(stage):
    """kill -9 of the processor right after each result that it gave, of each kind of task."""
    await stage.build(processors=4, tables=line_by_line(RESULTS))
    stage.fault("kill -9 of the processor after each result index of each kind")
    killed = {kind: set() for kind in KINDS}
    for index in range(RESULTS):
        await asyncio.gather(*(kill_at(stage, kind, index, killed) for kind in KINDS))
    for kind, indexes in killed.items():
        stage.proved(f"{kind} after result {', '.join(map(str, sorted(indexes)))}", len(indexes) >= RESULTS - 1)
    await stage.until_ended()
    for view in stage.ledger.views:
        kind = view.events[0][1]["data"]["kind"]
        for start in stage.log.fold.tasks[view.request_id].starts:
            if start.after_results and start.resumed == (kind == "restarting"):
                raise AssertionError(f"a task of kind {kind}: {start}")
        clips = [event["data"] for _, event in view.events if event["type"] == "result" and kind == "process-video"]
        if any(abs(one["end"] - other["start"]) > 0.01 for one, other in zip(clips, clips[1:])):
            raise AssertionError(f"the clips do not follow each other: {clips}")
    stage.proved("`restarting` started over, all others went on where they were, clip after clip")


async def kill_at(stage, kind, index, killed):
    request_id = await stage.task(kind, KINDS[kind], results=RESULTS)
    await until("it runs", lambda: request_id in stage.log.fold.tasks)
    task = stage.log.fold.tasks[request_id]
    await until(f"{kind} has result {index}", lambda: task.results > index or task.ended_offset is not None, 240)
    victim = stage.system.process(task.starts[-1].source)
    if task.ended_offset is None and victim.alive:
        await victim.kill()
        await stage.system.processor()
    await until(f"{kind} has ended", lambda: task.ended_offset is not None, 90)
    # Its processor may have been killed a moment earlier because of another task; the log says which one it was.
    killed[kind] |= {start.after_results - 1 for start in task.starts if start.replaces and start.after_results}


async def zombie_processor(stage):
    """A processor is frozen longer than lease and session timeout, and resumed: its late records must not count."""
    await stage.build()
    async with stage.load(interval_ms=400):
        frozen = stage.system.processors[0]
        stage.fault("SIGSTOP of a processor for 25 s, then SIGCONT")
        stage.proved(await frozen.stop())
        await asyncio.sleep(25)
        stage.proved(f"{len(stage.log.takeovers())} of its runs taken over", stage.log.takeovers())
        ignored = stage.log.fold.ignored
        frozen.cont()
        await until("late records of the zombie are ignored", lambda: stage.log.fold.ignored > ignored, 30)
        await stage.until_acknowledged_again()
    stage.proved(f"{stage.log.fold.ignored - ignored} late records ignored")


async def rebalance_storm(stage):
    """Members that join and leave interrupt no run."""
    await stage.build(processors=2)
    async with stage.load():
        for _ in range(10):
            await stage.task(payload={"results": 40, "interval_ms": 1000}, results=40)
        stage.fault("a member joins or leaves every 500 ms for 30 s")
        changes = await come_and_go(stage, seconds=30, every=0.5)
    stage.proved(f"{changes} members joined or left", changes >= 50)
    await stage.until_ended()
    restarted = [key for key, task in stage.log.fold.tasks.items() if len(task.starts) > 1 and all(
        start.source.split("/")[0] in ("processor-2", "processor-3") for start in task.starts)]
    stage.proved("no run of a processor that stayed was interrupted", not restarted)


async def come_and_go(stage, seconds, every):
    end, guests, changes = time.monotonic() + seconds, [], 0
    while time.monotonic() < end:
        beat = asyncio.create_task(asyncio.sleep(every))
        if len(guests) < 3:
            guests.append(await stage.system.spawn("processor"))
        else:
            leaving = guests.pop(0)
            stage._watchers.append(asyncio.create_task(leaving.drain()))
        changes += 1
        await beat
    return changes
