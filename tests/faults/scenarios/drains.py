"""Processors that get SIGTERM while they run tasks."""
from ..brokers import until
from .kinds import line_by_line

LINES = 12
TRANSPORTS = ("sse", "websocket", "lines", "longpoll", "poll")


async def drain(stage):
    """With enough time, its tasks end there; otherwise they continue at once on another processor. No connection breaks."""
    await stage.build(tables=line_by_line(LINES))
    first, second = stage.system.processors
    patient = await joined(stage, drain_ms=60_000)
    ids = [await stage.task(kind, results=LINES, transport=transport)
           for transport in TRANSPORTS for kind in ("resuming", "restarting") for _ in range(3)]
    await until("all have results", lambda: all(i in stage.log.fold.tasks and stage.log.fold.tasks[i].results > 2 for i in ids))
    where = {i: stage.system.process(stage.log.fold.tasks[i].starts[0].source) for i in ids}
    at_patient = [i for i in ids if where[i] is patient]
    stage.fault(f"SIGTERM of a processor with {len(at_patient)} tasks and time enough")
    stage.proved("it had tasks", at_patient)
    stage.proved(await patient.drain(90))
    tasks = stage.log.fold.tasks
    await stage.log.read_to_end()
    stage.proved("they ended there, in one run each", all(
        len(tasks[i].starts) == 1 and tasks[i].ended_offset is not None for i in at_patient))
    await hand_over(stage)
    await stage.until_ended()
    stage.proved("no connection of a client broke", stage.clients.trouble == 0)


async def joined(stage, drain_ms):
    processor = await stage.system.processor({"processor.drain_ms": drain_ms})
    await until("it has its partitions", lambda: "partitions assigned" in processor.said())
    return processor


async def hand_over(stage):
    hasty = await joined(stage, drain_ms=1000)
    ids = []
    # Submit tasks until it has some of both kinds.
    for _ in range(8):
        ids += [await stage.task(kind, results=LINES, transport=transport)
                for transport in TRANSPORTS[:3] for kind in ("resuming", "restarting")]
        await until("all have results", lambda: all(i in stage.log.fold.tasks and stage.log.fold.tasks[i].results > 0 for i in ids))
        here = [i for i in ids if stage.system.process(stage.log.fold.tasks[i].starts[0].source) is hasty]
        kinds = {kind_of(stage, i) for i in here}
        if len(kinds) == 2:
            break
    stage.fault(f"SIGTERM of a processor with {len(here)} tasks and no time")
    stage.proved("it had tasks of both kinds", len(kinds) == 2)
    stage.proved(await hasty.drain())
    await stage.log.read_to_end()
    tasks = stage.log.fold.tasks
    open_ones = [i for i in here if len(released(stage, i)) == 1]
    stage.proved(f"{len(open_ones)} of them were released", open_ones)
    await until("each has begun again", lambda: all(len(tasks[i].starts) == 2 for i in open_ones), 30)
    await until("all have ended", lambda: all(tasks[i].ended_offset is not None for i in ids), 60)
    wrong = [tasks[i].starts for i in open_ones if tasks[i].starts[1].resumed != (kind_of(stage, i) == "resuming")]
    stage.proved("the resumable ones went on, the others started over", not wrong)


def released(stage, request_id):
    return [h for _, _, key, h in stage.log.records
            if key == request_id and h.get("ce_type") == "streamdemo.task.released"]


def kind_of(stage, request_id):
    return next(h["ce_subject"] for _, _, key, h in stage.log.records if key == request_id)
