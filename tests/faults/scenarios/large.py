"""Requests of which not all payloads fit into a processor's memory."""
import asyncio
import hashlib
import re

TASKS, BYTES = 100, 100_000
HELD = 2_000_000
# Waits until it may go on.
SCRIPT = """d=$(sha256sum)
until [ -e "%s" ]; do sleep 0.1; done
echo "{\\"index\\":0,\\"digest\\":\\"${d%%%% *}\\"}\""""


async def large_requests(stage):
    """Payloads are let go of and read again, also by a processor that takes over from one that is killed."""
    gate = stage.directory / "gate"
    await stage.build(settings={"processor.max_held_bytes": HELD, "processor.concurrency": 3},
                      tables=f"[tasks.digest]\ncommand = ['sh', '-c', '''{SCRIPT % gate}''']\n")
    digests = {}
    for n in range(TASKS):
        payload = {"n": n, "text": "x" * BYTES}
        request_id = await stage.task("digest", payload, results=1)
        digests[request_id] = hashlib.sha256(stage.clients.body(payload)).hexdigest()
    first, second = stage.system.processors

    async def seen(processors, series):
        return [await number(stage, p, series) for p in processors]
    while sum(await seen((first, second), "held_requests")) < TASKS:
        await asyncio.sleep(0.1)
    most, gone = max(await seen((first, second), "held_bytes")), sum(await seen((first, second), "payloads_let_go"))
    stage.proved(f"{gone:.0f} of {TASKS} wait without their payload, {most:.0f} of {HELD} bytes are held", gone > TASKS / 2 and most < HELD)
    stage.fault("kill -9 of one of two processors")
    stage.proved(await first.kill())
    while (await seen([second], "held_requests"))[0] < TASKS:
        await asyncio.sleep(0.1)
    gate.touch()
    third = await stage.system.processor()
    await stage.until_ended()
    stage.proved(f"{sum(await seen((second, third), 'payloads_read_total')):.0f} payloads were read again")
    for view in stage.ledger.views:
        digest = next(event["data"]["digest"] for _, event in view.events if event["type"] == "result")
        if digest != digests[view.request_id]:
            raise AssertionError(f"task {view.request_id} was given another payload")
    stage.proved("each task was given its own")


async def number(stage, process, series):
    port = re.search(r"management: listening on 127.0.0.1 port (\d+)", process.said())[1]
    async with stage.clients.http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return float(re.search(rf"^streamdemo_processor_{series} (\S+)$", await answer.text(), re.MULTILINE)[1])
