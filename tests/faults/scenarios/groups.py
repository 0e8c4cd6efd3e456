"""The consumer group taken away from under its members."""
import asyncio

from aiokafka.protocol.admin import DeleteGroupsRequest

from ..brokers import until

NON_EMPTY_GROUP = 68
SLOW = {"results": 30, "interval_ms": 1000}


async def delete(stage, seconds=60):
    """Deletes the group as soon as Kafka allows it, which it does not while the group has members."""
    group = stage.names.group
    async with asyncio.timeout(seconds), stage.brokers.admin() as admin:
        while True:
            answer = await admin._send_request(DeleteGroupsRequest([group]), await admin.find_coordinator(group))
            (_, error), = answer.results
            if error != NON_EMPTY_GROUP:
                return error
            await asyncio.sleep(0.5)


async def group_deleted(stage):
    """Kafka deletes no group that has members, so they are frozen until it has none: awake, they find neither group nor
    offsets, and every request comes again."""
    await stage.build()
    async with stage.load():
        slow = [await stage.task(payload=SLOW, results=30) for _ in range(6)]
        await until("all run", lambda: all(stage.log.fold.tasks[i].results > 1 for i in slow if i in stage.log.fold.tasks))
        await until("something is committed", lambda: any(stage.log.samples[-1][1].values()))
        before = dict(stage.log.samples[-1][1])
        for processor in stage.system.processors:
            stage.proved(await processor.stop())
        stage.fault("the group is deleted, with all its offsets, while tasks run")
        error = await delete(stage)
        stage.proved(f"Kafka deleted it (error {error})", error == 0)
        await until("its offsets are gone", lambda: not stage.log.samples[-1][1], 20)
        for processor in stage.system.processors:
            processor.cont()
        await stage.until_acknowledged_again()
        await until("the new group has committed as far again", lambda: all(
            stage.log.samples[-1][1].get(p, 0) >= offset for p, offset in before.items()), 90)
    await stage.until_ended()
    stage.proved("no task ran twice", all(len(task.starts) == 1 for task in stage.log.fold.tasks.values()))


async def group_renamed(stage):
    """Two groups at once, as in a deployment that renames it: each request has two owners."""
    await stage.build()
    old = list(stage.system.processors)
    renamed = {"topics.group": f"{stage.names.group}-renamed"}
    async with stage.load():
        slow = [await stage.task(payload=SLOW, results=30) for _ in range(6)]
        await until("all run", lambda: all(i in stage.log.fold.tasks and stage.log.fold.tasks[i].results for i in slow))
        stage.fault("processors of a group of another name join, then the old ones are drained")
        new = [await stage.system.processor(renamed) for _ in range(2)]
        await until("both groups run tasks", lambda: all(runs_of(stage, p) for p in old + new), 60)
        await stage.until_acknowledged_again()
        for processor in old:
            stage.proved(await processor.drain())
    await stage.until_ended()
    twice = [key for key, task in stage.log.fold.tasks.items() if len(task.starts) > 1]
    released = {key for _, _, key, headers in stage.log.records if headers.get("ce_type") == "streamdemo.task.released"}
    stage.proved("only released tasks ran twice", set(twice) <= released)


def runs_of(stage, process):
    return [start for task in stage.log.fold.tasks.values() for start in task.starts
            if stage.system.process(start.source) is process]
