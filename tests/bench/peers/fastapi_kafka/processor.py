"""The worker of the peer: a consumer group on the request topic, a coroutine per task, results and end to the response topic.

  python processor.py        with PEER_BROKERS, PEER_TOPICS (a prefix)

What it does not do, and streamdemo does:
- offsets are committed by the library every 5 s while tasks run, as it does by default: if this process crashes, what it was
  doing is lost, without an end for the client, or, if it began a moment ago, done again from its beginning. (Committing after
  each task instead would do all of them again, and show the client the results of both: there are no runs that a reader
  could tell apart.);
- a rebalance does not wait for running tasks; no deadline of a task, no dead letters, no sign of life."""
import asyncio
import json
import os

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from events import event

BROKERS, TOPICS = os.environ["PEER_BROKERS"], os.environ["PEER_TOPICS"]
CONCURRENCY = 1000


async def work(record, producer, slots):
    try:
        request_id, task = record.key.decode(), json.loads(record.value)

        async def publish(text):
            return await producer.send(f"{TOPICS}-response", text.encode(), key=record.key)

        # Nobody waits for the brokers after each record: they keep the order of a partition, and the end waits for all.
        sent = []
        for number in range(1, task["results"] + 1):
            if task.get("interval_ms"):
                await asyncio.sleep(task["interval_ms"] / 1000)
            sent.append(await publish(event("result", request_id, data={"number": number})))
        sent.append(await publish(event("ended", request_id, data={"status": "succeeded"})))
        await asyncio.gather(*sent)
    finally:
        slots.release()


async def main():
    producer = AIOKafkaProducer(bootstrap_servers=BROKERS, acks="all")
    consumer = AIOKafkaConsumer(f"{TOPICS}-request", bootstrap_servers=BROKERS, group_id=f"{TOPICS}-group", auto_offset_reset="earliest")
    await producer.start()
    await consumer.start()
    slots, running = asyncio.Semaphore(CONCURRENCY), set()
    print("ready", flush=True)
    try:
        async for record in consumer:
            await slots.acquire()
            task = asyncio.create_task(work(record, producer, slots))
            running.add(task)
            task.add_done_callback(running.discard)
    finally:
        await consumer.stop()
        await producer.stop()


if __name__ == "__main__":
    import uvloop
    uvloop.run(main())
