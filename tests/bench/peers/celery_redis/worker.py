"""The worker of the peer for one machine: Celery with Redis as the broker. Each event of a task is published by Redis.

  celery --app worker worker        with PEER_REDIS (a URL)

What it does not do, and streamdemo does:
- Celery takes a task off its queue before it runs it, as it does by default: if the worker crashes, the task is lost, without
  an end for the client. (`acks_late` would run it again, an hour later with Redis, and the client would see its results twice.);
- publish and subscribe of Redis keeps nothing: whoever is not connected at that moment has missed it;
- a result is not stored; no deadline that includes the wait, no order between what two workers do."""
import os
import time

import redis
from celery import Celery

from events import event

CHANNEL = "events"
app = Celery("peer", broker=os.environ["PEER_REDIS"])
app.conf.task_ignore_result = True  # results go to the client as they come
connection = redis.Redis.from_url(os.environ["PEER_REDIS"])


@app.task(name="simulate")
def simulate(request_id, results=1, interval_ms=0):
    def publish(text):
        connection.publish(CHANNEL, f"{request_id} {text}")

    for number in range(1, results + 1):
        if interval_ms:
            time.sleep(interval_ms / 1000)
        publish(event("result", request_id, data={"number": number}))
    publish(event("ended", request_id, data={"status": "succeeded"}))
