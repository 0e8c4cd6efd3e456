"""Writes records like a gateway or a processor, implemented only from the documentation."""
import hashlib
import uuid
from datetime import datetime, timedelta, timezone

from aiokafka import AIOKafkaProducer

from .clients import partition_of


def derived_id(kind, key):
    """The id that every gateway gives to a task with this Idempotency-Key."""
    digits = list(hashlib.sha256(f"{kind}\0{key}".encode()).hexdigest()[:32])
    digits[12] = "8"
    digits[16] = "89ab"[int(digits[16], 16) & 3]
    return str(uuid.UUID("".join(digits)))


def stamp(later=timedelta()):
    return (datetime.now(timezone.utc) + later).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Writer:
    """Writes to the topics of a stage's system, under any source that it is given."""

    def __init__(self, stage, source="gateway-0/dead"):
        self.names, self.source = stage.names, source
        self.producer = AIOKafkaProducer(bootstrap_servers=stage.brokers.bootstrap, acks="all")

    async def __aenter__(self):
        await self.producer.start()
        return self

    async def __aexit__(self, *_):
        await self.producer.stop()

    async def accepted(self, request_id, kind, body):
        expiry = stamp(timedelta(minutes=10))
        return await self.task(self.names.response, "accepted", request_id, value=b"{}", kind=kind, expirytime=expiry,
                               payloadhash=hashlib.sha256(body).hexdigest(), fold="1")

    async def task(self, topic, kind_of_record, request_id, *, value=b"{}", partition=None, kind="simulate",
                   content_type="application/json", **more):
        """Writes one record; `more` are the ce_… headers."""
        headers = {"ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": self.source, "ce_time": stamp(),
                   "ce_type": f"streamdemo.task.{kind_of_record}", "ce_subject": kind, "content-type": content_type,
                   **{f"ce_{name}": text for name, text in more.items()}}
        partition = partition_of(request_id, self.names.partitions) if partition is None else partition
        return await self.raw(topic, partition, request_id.encode(), value, headers)

    async def raw(self, topic, partition, key=None, value=b"", headers=None):
        pairs = [(name, v if isinstance(v, bytes) else v.encode()) for name, v in (headers or {}).items()]
        return await self.producer.send_and_wait(topic, value, key=key, partition=partition, headers=pairs)
