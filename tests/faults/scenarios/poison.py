"""Tasks that kill their processor."""
import asyncio
import contextlib

from ..brokers import until
from ..log import text_headers

MAX_RUNS = 3
INNOCENTS = 24
# Kills with -9 every streamdemo process among its ancestors, the processor first, which so dies together with its guard.
SCRIPT = """p=$PPID; all=
while [ "$p" -gt 1 ]; do
  [ "$(readlink /proc/$p/exe)" != "%s" ] || all="$p $all"
  p=$(sed -n "s/^PPid:[^0-9]*//p" /proc/$p/status)
done
kill -9 $all"""


def tables(binary):
    return f"[tasks.poison]\ncommand = ['sh', '-c', '''{SCRIPT % binary}''']\n"


@contextlib.asynccontextmanager
async def supervised(stage):
    """Restarts processes that die, as a service manager does; gives the list of those that died."""
    dead = []

    async def guard(processor):
        while not processor.leaving:
            code = await processor.ended()
            processor.leaving = True
            dead.append(code)
            processor = await stage.system.processor()
    guards = [asyncio.create_task(guard(p)) for p in stage.system.processors]
    try:
        yield dead
    finally:
        for task in guards:
            task.cancel()
        await asyncio.gather(*guards, return_exceptions=True)


async def poison(stage):
    await stage.build(processors=3, settings={"processor.max_runs": MAX_RUNS, "processor.alive_interval_ms": 500},
                      tables=tables(stage.binary))
    async with supervised(stage) as dead:
        for n in range(INNOCENTS):
            await stage.task(payload={"results": 20, "interval_ms": 500}, results=20)
        stage.fault("two tasks that kill -9 their processor, among innocents")
        poisoned = [await stage.task("poison", ends=("failed",)) for _ in range(2)]
        for n in range(INNOCENTS // 2):
            await stage.task(payload={"results": 20, "interval_ms": 500}, results=20)
        await stage.until_ended(240)
    stage.proved(f"{len(dead)} processors died by SIGKILL", len(dead) > MAX_RUNS and set(dead) == {-9})
    await stage.log.read_to_end()
    tasks = stage.log.fold.tasks
    runs = [len(tasks[i].starts) for i in poisoned]
    stage.proved(f"each had 1 + {MAX_RUNS} runs", runs == [1 + MAX_RUNS] * len(runs))
    letters = {letter.key.decode(): text_headers(letter) for letter in stage.log.dead_letters}
    stage.proved("they, and nothing else, are dead letters", sorted(letters) == sorted(poisoned))
    for request_id, headers in letters.items():
        check_letter(stage, request_id, headers)
    innocents = [task for key, task in tasks.items() if key not in poisoned]
    stage.proved(f"{sum(len(t.starts) > 1 for t in innocents)} innocents were hit and ran again")


def check_letter(stage, request_id, headers):
    told = {name.removeprefix("__dlq.errors."): value for name, value in headers.items() if name.startswith("__dlq.errors.")}
    where = [(str(p), str(offset)) for p, requests in stage.log.requests.items() for offset, key in requests if key == request_id]
    expected = {"topic": stage.names.request, "group": stage.names.group, "delivery.count": str(1 + MAX_RUNS)}
    wrong = {name: told.get(name) for name, value in expected.items() if told.get(name) != value}
    if wrong or (told["partition"], told["offset"]) not in where or not told["message"]:
        raise AssertionError(f"the dead letter of {request_id} at {where} says {told}")
