# Does tasks of the kind "shout": each word of {"text": "…"} in capitals is a result. Needs only: pip install aiokafka
import asyncio, json, os, uuid
from datetime import datetime, timezone
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

BROKERS = os.environ.get("BROKERS", "localhost:9092")
SOURCE = f"shout/{uuid.uuid4()}"  # this process, and not the one before it

async def work(request, answers):
    run, seq = str(uuid.uuid4()), 0
    async def say(what, data):
        nonlocal seq
        headers = {"ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": SOURCE, "ce_subject": "shout",
                   "ce_type": f"streamdemo.task.{what}", "ce_time": datetime.now(timezone.utc).isoformat(),
                   "ce_run": run, "ce_runseq": str(seq + 1), "content-type": "application/json"}
        value = json.dumps(data, ensure_ascii=False).encode()
        await answers.send_and_wait("response", value, key=request.key, partition=request.partition,
                                    headers=[(name, text.encode()) for name, text in headers.items()])
        seq += 1  # one that was refused takes no number
    await say("started", {})
    try:
        for word in json.loads(request.value)["text"].split():
            await asyncio.sleep(0.2)  # the long part
            await say("result", {"word": word.upper()})
        await say("ended", {"status": "succeeded"})
    except (ValueError, LookupError, TypeError, AttributeError, MessageSizeTooLargeError) as wrong:
        # Of this task, so it ends and not the program.
        await say("ended", {"status": "failed", "error": {"message": f"{type(wrong).__name__}: {wrong}"}})

async def main():
    async with AIOKafkaProducer(bootstrap_servers=BROKERS, acks="all") as answers, AIOKafkaConsumer(
            "request.shout", bootstrap_servers=BROKERS, group_id="shout-processors", auto_offset_reset="earliest",
            enable_auto_commit=False, max_poll_interval_ms=3_600_000) as requests:
        async for request in requests:
            await work(request, answers)
            await requests.commit()

asyncio.run(main())
