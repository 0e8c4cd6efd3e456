"""Clients as a user would write them: each knows several gateways, keeps its cursor, and reconnects with it."""
import asyncio
import itertools
import json
import time
from datetime import datetime, timezone

import aiohttp
from aiokafka.partitioner import murmur2

from .ledger import Acknowledged

# The longest line that a client takes; a result may have a megabyte.
MOST_BYTES = 2 ** 21
TRANSPORTS = ("sse", "lines", "websocket", "longpoll", "poll")
TROUBLE = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
SUBMIT = aiohttp.ClientTimeout(total=15)
# After this time without any byte, not even a heartbeat, a stream is given up; a poll, too.
STREAM = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
WEBSOCKET = aiohttp.ClientWSTimeout(ws_close=2)
POLL = aiohttp.ClientTimeout(total=20)


def partition_of(key, partitions):
    return (murmur2(key.encode()) & 0x7fffffff) % partitions


def age_of(event):
    return (datetime.now(timezone.utc) - datetime.fromisoformat(event["time"])).total_seconds()


class Clients:
    def __init__(self, system, ledger):
        self.system, self.ledger = system, ledger
        self._turn = itertools.count()
        self._numbers = itertools.count(1)
        self.trouble = 0  # connections that were cut or refused, and answers that were no good
        self.not_known_yet = 0  # of these: a gateway, behind the one that acknowledged, did not know the task

    async def __aenter__(self):
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), read_bufsize=MOST_BYTES)
        return self

    async def __aexit__(self, *_):
        await self.http.close()

    def _gateway(self, turn):
        gateways = self.system.gateways
        return gateways[turn % len(gateways)].url if gateways else None

    async def submit(self, kind, payload, *, results=None, ends=("succeeded",), key=None, query="", turn=None,
                     patience=120):
        """Submits a task and returns its id; None: it was not acknowledged. With a key it repeats the request until it is.
        A payload of bytes is a file."""
        content = {"data": payload} if isinstance(payload, bytes) else {"json": payload}
        turn = next(self._turn) if turn is None else turn
        sent_at = until = time.monotonic()
        until += patience if key else 0
        for attempt in itertools.count():
            try:
                headers = {"Idempotency-Key": key} if key else {}
                url = f"{self._gateway(turn + attempt)}/api/{kind}{query}"
                async with self.http.post(url, **content, headers=headers, timeout=SUBMIT) as answer:
                    body = await answer.json()
                    if answer.status == 202:
                        return self._acknowledge(body["request_id"], sent_at, results, ends)
                    why = f"{answer.status} {body.get('type', '').rpartition(':')[2]}"
            except TROUBLE as e:
                why = type(e).__name__
            self.ledger.refused[why] += 1
            if time.monotonic() >= until:
                return None
            await asyncio.sleep(0.5)

    @staticmethod
    def body(payload):
        """A payload as it is sent."""
        return json.dumps(payload).encode()

    async def cancel(self, request_id, turn):
        """Cancels a task and returns the status in the answer."""
        url = f"{self._gateway(turn)}/api/tasks/{request_id}/cancel"
        async with self.http.post(url, timeout=SUBMIT, raise_for_status=True) as answer:
            return (await answer.json())["status"]

    def _acknowledge(self, request_id, sent_at, results, ends):
        partition = partition_of(request_id, self.system.names.partitions)
        self.ledger.acknowledge(Acknowledged(request_id, partition, sent_at, time.monotonic(), results, tuple(ends)))
        return request_id

    async def watch(self, request_id, transport="sse", turn=None):
        """Follows a task to its end; when a gateway fails, continues at another one with its cursor."""
        turn = next(self._turn) if turn is None else turn
        view = self.ledger.view(f"{transport}-{next(self._numbers)}", request_id)
        follow = getattr(self, f"_{transport}")
        for attempt in itertools.count():
            try:
                await follow(f"{self._gateway(turn + attempt)}/api/tasks/{request_id}", view)
                if view.ends():
                    return view
            except TROUBLE as e:
                self.not_known_yet += getattr(e, "status", None) == 404
            self.trouble += 1
            await asyncio.sleep(0.2)

    def _take(self, view, event):
        if event["type"] == "gap":
            view.gaps_told += 1
        elif "seq" in event:
            self.ledger.saw(view, event, time.monotonic(), age_of(event))

    async def _sse(self, url, view):
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(view.cursor)}
        async with self.http.get(f"{url}/events", headers=headers, timeout=STREAM, raise_for_status=True) as answer:
            async for line in answer.content:
                if line.startswith(b"data: "):
                    self._take(view, json.loads(line[6:]))

    async def _lines(self, url, view):
        headers = {"Accept": "application/x-ndjson"}
        query = f"{url}/events?after={view.cursor}"
        async with self.http.get(query, headers=headers, timeout=STREAM, raise_for_status=True) as answer:
            async for line in answer.content:
                self._take(view, json.loads(line))

    async def _websocket(self, url, view):
        query = f"{url}/events?after={view.cursor}"
        async with self.http.ws_connect(query, protocols=("streamdemo.v1",), heartbeat=10, timeout=WEBSOCKET) as ws:
            async for message in ws:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._take(view, json.loads(message.data))

    async def _longpoll(self, url, view):
        await self._polls(url, view, {"Prefer": "wait=10"}, 0)

    async def _poll(self, url, view):
        await self._polls(url, view, {}, 0.5)

    async def _polls(self, url, view, headers, pause):
        after = view.cursor
        while not view.ends():
            query = f"{url}?after={after}"
            async with self.http.get(query, headers=headers, timeout=POLL, raise_for_status=True) as answer:
                body = await answer.json()
            for event in body["events"]:
                self._take(view, event)
            after = body["next"]
            await asyncio.sleep(0 if body["more"] else pause)

    async def history(self, gateway, request_id):
        """The JSON lines of a task as one gateway gives them now, byte for byte; None: it does not know the task."""
        url = f"{gateway.url}/api/tasks/{request_id}/events"
        lines = []
        async with self.http.get(url, headers={"Accept": "application/x-ndjson"}, timeout=STREAM) as answer:
            if answer.status == 404:
                return None
            answer.raise_for_status()
            async for line in answer.content:
                if b'"seq":' in line:
                    lines.append(line)
                if b'"type":"ended"' in line or b'"type":"heartbeat"' in line:
                    return lines
        return lines
