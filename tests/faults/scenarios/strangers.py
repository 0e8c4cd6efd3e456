"""Records from foreign programs that no gateway and no processor of ours would write."""
import asyncio
import os
import time
import uuid

from ..brokers import until
from ..clients import TRANSPORTS
from ..ledger import Acknowledged
from ..log import text_headers
from ..wire import Writer

JUNK = b"\xff\xfe\x00\n\x1b[31mforged\n"
NEARLY_TOO_LARGE = 1_048_000  # of the 1,048,588 bytes that a broker takes at most


async def strange_records(stage):
    await stage.build()
    async with stage.load():
        # With keys, so that a submission that is answered 503 is repeated.
        victims = [await stage.task(payload={"results": 30, "interval_ms": 500}, results=30,
                                    key=f"{stage.names.group}-victim-{n}") for n in range(6)]
        running = lambda i: i in stage.log.fold.tasks and stage.log.fold.tasks[i].results
        await until("they run", lambda: all(map(running, victims)))
        stage.fault("records without key, headers or UTF-8, in wrong partitions, of unknown runs, with hostile values")
        ignored = stage.log.fold.ignored
        async with Writer(stage, "stranger/1") as writer:
            sent = 0
            for request_id in victims:
                sent += await pretend(stage, writer, request_id)
            await litter(stage, writer)
            letters = await misdirect(stage, writer, victims)
            await tell_a_tale(stage, writer)
        await until("they are dead letters", lambda: len(stage.log.dead_letters) >= letters, 60)
        await stage.until_acknowledged_again()
    await until("everything is committed", lambda: all_committed(stage), 60)
    await stage.until_ended()
    await stage.log.read_to_end()
    stage.proved(f"{stage.log.fold.ignored - ignored} records of strangers changed nothing",
                 stage.log.fold.ignored - ignored >= sent)
    check_letters(stage, letters)
    stage.proved(f"{letters} requests, and no other, are dead letters")
    check_logs(stage)
    runs = [len(stage.log.fold.tasks[i].starts) for i in victims]
    stage.proved("the tasks beside them ran once", runs == [1] * len(victims))


async def pretend(stage, writer, request_id):
    """Writes records about a running task, as if it were its processor. Returns how many of these can be decoded."""
    task, response = stage.log.fold.tasks[request_id], stage.names.response
    good = [
        ("result", {"run": "unknown", "runseq": "2"}), ("ended", {"run": "unknown", "runseq": "99"}),
        ("released", {"run": "unknown", "runseq": "3"}), ("started", {"run": "zombie", "runseq": "1", "replaces": ""}),
        ("started", {"run": "zombie", "runseq": "1", "replaces": "unknown"}),
        ("started", {"run": task.run, "runseq": "1", "replaces": task.run}), ("result", {"run": task.run, "runseq": "1"}),
        ("ended", {"replaces": "unknown"}),
        ("accepted", {"expirytime": "2020-01-01T00:00:00Z", "payloadhash": "00", "fold": "1"})]
    bad = [
        ("result", {"run": task.run, "runseq": "-1"}), ("result", {"run": task.run, "runseq": "9" * 30}),
        ("result", {"run": task.run}), ("result", {"run": b"\xff", "runseq": "2"}), ("result", {}),
        ("ended", {"source": b"\xff"}), ("ended", {"source": "x" * 5000}), ("ended", {"time": "yesterday"}),
        ("exploded", {"run": task.run, "runseq": "2"})]
    for kind, more in good + bad:
        await writer.task(response, kind, request_id, value=b'{"status":"failed"}', **more)
    elsewhere = (writer_partition(stage, request_id) + 1) % stage.names.partitions
    for kind in ("result", "ended"):
        await writer.task(response, kind, request_id, partition=elsewhere, run=task.run, runseq="1000")
    return len(good)


def writer_partition(stage, request_id):
    return stage.ledger.acknowledged[request_id].partition


async def litter(stage, writer):
    """Writes records to `response` that cannot be decoded, or that belong to unknown tasks."""
    response = stage.names.response
    for partition in range(stage.names.partitions):
        await writer.raw(response, partition)
        await writer.raw(response, partition, key=JUNK, value=JUNK)
        await writer.raw(response, partition, key=b"nobody", value=None)
        await writer.raw(response, partition, key=b"k" * 10_000, headers={"ce_type": JUNK, "ce_source": JUNK})
        await writer.raw(response, partition, value=os.urandom(NEARLY_TOO_LARGE))
        await writer.raw(response, partition, headers={"ce_type": "streamdemo.processor.alive", "ce_source": JUNK})
    for kind in ("result", "ended", "started"):
        await writer.task(response, kind, str(uuid.uuid4()), run="r", runseq="1", replaces="")


async def misdirect(stage, writer, victims):
    """Writes requests that nobody can do, and returns how many."""
    request, partitions = stage.names.request, stage.names.partitions
    expiry = {"expirytime": "2999-01-01T00:00:00Z"}
    unreadable = [
        dict(), dict(key=JUNK, value=JUNK), dict(key=b"a", value=None), dict(key=b"\xff" * 300, headers={"ce_type": JUNK}),
        dict(value=os.urandom(NEARLY_TOO_LARGE)),
        dict(key=b"k", headers={"ce_type": "streamdemo.task.result", "__dlq.errors.topic": "forged"})]
    for n, record in enumerate(unreadable):
        await writer.raw(request, n % partitions, **record)
    await writer.task(request, "submitted", "no-expiry")
    await writer.task(request, "submitted", str(uuid.uuid4()), kind="No Kind", **expiry)
    await writer.task(request, "submitted", str(uuid.uuid4()), value=JUNK, **expiry)  # never accepted
    # A real task, in the wrong partition: its processor must not be disturbed.
    elsewhere = (writer_partition(stage, victims[0]) + 1) % partitions
    await writer.task(request, "submitted", victims[0], partition=elsewhere, **expiry)
    # The same request again, in the right partition, must change nothing.
    await writer.task(request, "submitted", victims[1], value=b'{"results":1}', **expiry)
    return len(unreadable) + 4


TALES = (
    (b"", "application/json"), (b"{", "application/json"), (JUNK, "application/json"), (JUNK, "text/plain"),
    (b'{"a":\n\n1}', "application/json"), (b'"\xc3("', "application/json"), (b"null", "application/json"),
    (b"[" * 50_000 + b"]" * 50_000, "application/json"), (b"1e999", "application/json"),
    (b'"\\ud800"', "application/json"), (b"\x00" * 1000, "application/octet-stream"),
    (b"x\n\nevent: ended\nid: 99\ndata: {}\n\n", "text/plain"), (b"x\r\rid: 98\r\r", "text/event-stream"),
    (b'{"type":"ended","seq":4}\n', "application/x-ndjson"), (b"y", 'text/"\r\nX-Evil: 1\r\n\r\n'), (b"z" * 500_000, "text/plain"))


async def tell_a_tale(stage, writer):
    """A whole task of a foreign gateway and a foreign processor, with results that are as hostile as possible."""
    request_id, response = str(uuid.uuid4()), stage.names.response
    now = time.monotonic()
    await writer.accepted(request_id, "simulate", b"{}")
    await writer.task(response, "started", request_id, run="tale", runseq="1", replaces="")
    stage.ledger.acknowledge(Acknowledged(request_id, 0, now, now, None))
    for n, transport in enumerate(TRANSPORTS * 2):
        stage.watch(request_id, transport, turn=n)
    for n, (value, content_type) in enumerate(TALES):
        await writer.task(response, "result", request_id, value=value, content_type=content_type, run="tale",
                          runseq=str(n + 2))
    await writer.task(response, "progress", request_id, value=b'{"fraction":"NaN"}', run="tale", runseq=str(len(TALES) + 2))
    await writer.task(response, "log", request_id, value=JUNK, run="tale", runseq=str(len(TALES) + 3))
    await writer.task(response, "ended", request_id, value=b'{"status":"succeeded"}', run="tale",
                      runseq=str(len(TALES) + 4))


def all_committed(stage):
    committed = stage.log.samples[-1][1]
    return all(not requests or committed.get(p) == requests[-1][0] + 1 for p, requests in stage.log.requests.items())


def check_letters(stage, expected):
    letters = [text_headers(letter) for letter in stage.log.dead_letters]
    places = {(h.get("__dlq.errors.topic"), h.get("__dlq.errors.partition"), h.get("__dlq.errors.offset")) for h in letters}
    whole = sum(len(letter.value or b"") == NEARLY_TOO_LARGE for letter in stage.log.dead_letters)
    if len(letters) != expected or len(places) != expected or any(topic != stage.names.request for topic, _, _ in places):
        raise AssertionError(f"the dead letters are {letters}")
    if any(not h["__dlq.errors.message"] or h["__dlq.errors.group"] != stage.names.group for h in letters):
        raise AssertionError(f"the dead letters are {letters}")
    stage.proved("the one that is too large as a letter is one without its value", whole == 0)


def check_logs(stage):
    """Checks that foreign records cannot write to a log file: no control characters, no lines of their own."""
    for process in stage.system.processes:
        said = process.log.read_bytes()
        if b"\x1b" in said or b"\nforged" in said or max(map(len, said.split(b"\n"))) > 2000:
            raise AssertionError(f"a stranger wrote into the log of {process.name}: {process.log}")
