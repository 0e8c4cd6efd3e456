"""Tasks on one machine as people write it: FastAPI gives the task to Celery and answers with its events as they come (SSE).
One subscription for the whole process gives each event to the request that waits for its task.

  uvicorn gateway:app        with PEER_REDIS (a URL)

What it does not do, and streamdemo does:
- a client that loses its connection cannot come back: events have no numbers, and nothing is kept for a late reader;
- no second way to read (polling, WebSocket), no cancel, no status, no idempotency key, no bound on what gathers in memory or
  in Redis;
- 'accepted' means that Redis has the task in its memory; whether also on its disk is a setting of Redis."""
import asyncio
import os
import uuid
from contextlib import asynccontextmanager

import redis.asyncio
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from events import event, is_end
from worker import CHANNEL, simulate

waiting: dict[str, asyncio.Queue] = {}


async def dispatch(subscription):
    async for message in subscription.listen():
        if message["type"] == "message":
            request_id, _, text = message["data"].partition(" ")
            if queue := waiting.get(request_id):
                queue.put_nowait(text)


@asynccontextmanager
async def lifespan(app):
    connection = redis.asyncio.Redis.from_url(os.environ["PEER_REDIS"], decode_responses=True)
    subscription = connection.pubsub()
    await subscription.subscribe(CHANNEL)
    reader = asyncio.create_task(dispatch(subscription))
    yield
    reader.cancel()
    await connection.aclose()


app = FastAPI(lifespan=lifespan)


class Task(BaseModel):
    results: int = 1
    interval_ms: int = 0


@app.get("/ready")
async def ready():
    return {"ready": True}


def sse(text):
    return f"event: {text[9:text.index(chr(34), 9)]}\ndata: {text}\n\n"


async def events(request_id, queue):
    try:
        yield sse(event("accepted", request_id))
        text = ""
        while not is_end(text):
            text = await queue.get()
            yield sse(text)
    finally:
        del waiting[request_id]


@app.post("/api/simulate")
async def submit(task: Task):
    request_id = uuid.uuid4().hex
    queue = waiting[request_id] = asyncio.Queue()
    try:
        # Celery's client blocks while it sends.
        await run_in_threadpool(simulate.delay, request_id, task.results, task.interval_ms)
    except Exception:
        del waiting[request_id]
        raise
    return StreamingResponse(events(request_id, queue), media_type="text/event-stream")
