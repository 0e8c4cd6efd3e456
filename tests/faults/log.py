"""Reads the topics independently, and samples what the group has committed meanwhile."""
import asyncio
import collections
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from .decode import counts
from .fold import Fold

SAMPLE_SECONDS = 0.5
TROUBLE = (KafkaError, asyncio.TimeoutError, OSError)


def text_headers(record):
    return {name: value.decode("utf-8", "replace") if value is not None else "" for name, value in record.headers}


async def end_all(tasks):
    """Cancels them until they have ended, since Python 3.11's wait_for loses a cancellation that comes with its result."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=1)
    return [task.exception() for task in tasks if not task.cancelled() and task.exception()]


class Log:
    """Reads request, response and dead letters continuously from their beginning, and asks which offsets are committed."""

    def __init__(self, bootstrap, names):
        self.bootstrap = bootstrap
        self.names = names
        self.fold = Fold()
        self.records = []  # of the response topic, as (partition, offset, key, headers)
        self.log_times = []  # of the response topic, as (partition, seconds since 1970)
        self.requests = collections.defaultdict(list)  # by partition: (offset, request id or None)
        self.dead_letters = []  # the records
        self.samples = []  # (at, committed offsets of the request partitions, ends of the response partitions)
        self.unsampled = 0
        self._work = []

    async def __aenter__(self):
        self.consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest",
                                         enable_auto_commit=False, metadata_max_age_ms=5000, request_timeout_ms=5000,
                                         fetch_max_wait_ms=100)
        self.admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=4000)
        await self.consumer.start()
        await self.admin.start()
        self.consumer.assign([TopicPartition(topic, p) for topic in self.names.topics for p in range(self.names.partitions)])
        self._work = [asyncio.create_task(self._read()), asyncio.create_task(self._sample())]
        return self

    async def __aexit__(self, *_):
        await end_all(self._work)
        # In separate asyncio tasks, because the library lets a cancellation of its own work escape.
        closing = [asyncio.create_task(self.consumer.stop()), asyncio.create_task(self.admin.close())]
        await asyncio.wait(closing, timeout=10)
        for task in closing:
            task.cancel()
        await asyncio.gather(*closing, return_exceptions=True)

    async def _read(self):
        while True:
            try:
                batches = await self.consumer.getmany(timeout_ms=200)
            except TROUBLE:
                await asyncio.sleep(0.2)
                continue
            for where, records in batches.items():
                for record in records:
                    self._take(where, record)

    def _take(self, where, record):
        key = record.key.decode("utf-8", "replace") if record.key is not None else None
        headers = text_headers(record)
        if where.topic == self.names.response:
            self.records.append((where.partition, record.offset, key, headers))
            self.log_times.append((where.partition, record.timestamp / 1000))
            if counts(record, self.names.partitions):
                self.fold.apply(key, headers, record.offset)
        elif where.topic == self.names.request:
            readable = headers.get("ce_type") == "streamdemo.task.submitted" and key
            self.requests[where.partition].append((record.offset, key if readable else None))
        else:
            self.dead_letters.append(record)

    async def _sample(self):
        responses = [TopicPartition(self.names.response, p) for p in range(self.names.partitions)]
        while True:
            try:
                offsets = await asyncio.wait_for(self.admin.list_consumer_group_offsets(self.names.group), 5)
                committed = {where.partition: found.offset for where, found in offsets.items()
                             if where.topic == self.names.request}
                ends = await asyncio.wait_for(self.consumer.end_offsets(responses), 5)
                self.samples.append((time.monotonic(), committed, {w.partition: end for w, end in ends.items()}))
            except TROUBLE:
                self.unsampled += 1
            await asyncio.sleep(SAMPLE_SECONDS)

    async def read_to_end(self, seconds=60):
        """Waits until everything that is in the topics now has been read. It is an error if the reader has failed."""
        for work in self._work:
            if work.done():
                work.result()
        if not self.samples:
            raise AssertionError("what the group had committed was never seen")
        ends = await self.consumer.end_offsets(self.consumer.assignment())
        until = time.monotonic() + seconds
        for where, end in ends.items():
            while await self.consumer.position(where) < end:
                if time.monotonic() > until:
                    raise TimeoutError(f"the reader of the judge did not come to the end of {where}")
                await asyncio.sleep(0.05)

    def commits_too_far(self):
        """The requests that were committed although, in the log just afterwards, a task before that offset had no end."""
        dead = {(r.partition, r.key.decode("utf-8", "replace") if r.key else None) for r in self.dead_letters}
        judged = collections.Counter()  # by partition: how many requests; the first sample past one is the strictest
        for _, committed, ends in self.samples:
            for partition, offset in committed.items():
                requests = self.requests[partition]
                while judged[partition] < len(requests) and requests[judged[partition]][0] < offset:
                    request_offset, request_id = requests[judged[partition]]
                    judged[partition] += 1
                    if request_id is None or (partition, request_id) in dead:
                        continue
                    task = self.fold.tasks.get(request_id)
                    if task is None or task.ended_offset is None or task.ended_offset >= ends[partition]:
                        yield f"request {partition}/{request_offset} (task {request_id}) was committed unfinished"

    def takeovers(self):
        """The runs that replaced another, as (task, start)."""
        return [(key, start) for key, task in self.fold.tasks.items() for start in task.starts if start.replaces]
