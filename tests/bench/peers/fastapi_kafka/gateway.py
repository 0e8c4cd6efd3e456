"""Tasks through Kafka as people write it: FastAPI and aiokafka, a WebSocket per task. One record to the request topic; one
consumer of the response topic for the whole process gives each record to the WebSocket that waits for its task.

  uvicorn gateway:app        with PEER_BROKERS, PEER_TOPICS (a prefix)

What it does not do, and streamdemo does:
- a client that loses its connection cannot come back: events have no numbers, and nothing is kept for a late reader;
- `accepted` is not in the log, so after a crash nobody knows which tasks there were; no deadline, no cancel, no second
  way to read (polling, SSE), no idempotency key, no bound on what a slow client lets gather;
- that a client has left is noticed only when its next event is sent. If no further one comes, because its worker crashed, its
  coroutine waits for ever, and so does uvicorn on SIGTERM;
- one connection is one task: no list of tasks, no status."""
import asyncio
import os
import uuid
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from events import event, is_end

BROKERS, TOPICS = os.environ["PEER_BROKERS"], os.environ["PEER_TOPICS"]
waiting: dict[str, asyncio.Queue] = {}


async def dispatch(consumer):
    async for record in consumer:
        if queue := waiting.get(record.key.decode()):
            queue.put_nowait(record.value.decode())


@asynccontextmanager
async def lifespan(app):
    app.state.producer = AIOKafkaProducer(bootstrap_servers=BROKERS, acks="all")
    # Without a group: each gateway reads all partitions, from now on.
    consumer = AIOKafkaConsumer(f"{TOPICS}-response", bootstrap_servers=BROKERS, auto_offset_reset="latest")
    await app.state.producer.start()
    await consumer.start()
    # Its place in each partition is known before the first task is taken.
    for partition in consumer.assignment():
        await consumer.position(partition)
    reader = asyncio.create_task(dispatch(consumer))
    yield
    reader.cancel()
    await consumer.stop()
    await app.state.producer.stop()


app = FastAPI(lifespan=lifespan)


@app.get("/ready")
async def ready():
    return {"ready": True}


@app.websocket("/api/simulate")
async def simulate(socket: WebSocket):
    await socket.accept(subprotocol="streamdemo.v1")
    request_id = uuid.uuid4().hex
    queue = waiting[request_id] = asyncio.Queue()
    with suppress(WebSocketDisconnect):
        try:
            task = await socket.receive_text()
            await app.state.producer.send_and_wait(f"{TOPICS}-request", task.encode(), key=request_id.encode())
            await socket.send_text(event("accepted", request_id))
            text = ""
            while not is_end(text):
                text = await queue.get()
                await socket.send_text(text)
            await socket.close()
        finally:
            del waiting[request_id]
