"""The three real brokers: which of them leads what, as the cluster itself says, and how to kill, stop and restart them."""
import asyncio
import contextlib
import os
import pathlib
import re
import signal
import struct
import subprocess
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

CLUSTER = pathlib.Path(__file__).resolve().parents[1] / "kafka" / "cluster"
NODES = (1, 2, 3)
TROUBLE = (KafkaError, asyncio.TimeoutError, OSError, AssertionError)


def state_of(pid):
    """The state letter in /proc: R, S, T (stopped) ...; None: the process has ended."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None
    return None if state in "ZX" else state


class Brokers:
    def __init__(self, directory, port):
        self.command = [str(CLUSTER), "--dir", str(directory), "--port", str(port)]
        self.directory = pathlib.Path(directory)
        self.port = port
        self.bootstrap = ",".join(f"127.0.0.1:{self.client_port(n)}" for n in NODES)

    def client_port(self, n):
        return self.port + 2 * (n - 1)

    async def do(self, *verb, environment=None):
        run = await asyncio.create_subprocess_exec(*self.command, *map(str, verb), stdout=subprocess.PIPE,
                                                   stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})
        out, _ = await run.communicate()
        if run.returncode != 0:
            raise RuntimeError(f"cluster {verb}: {out.decode()}")
        return out.decode()

    async def up(self):
        await self.do("up")

    # Each returns a sentence about what it did, once that has taken effect.
    async def kill(self, n):
        pid = await self._pid(n)
        os.kill(pid, signal.SIGKILL)
        await until(f"broker {n} is gone", lambda: state_of(pid) is None, 10)
        return f"broker {n} killed"

    async def stop(self, n):
        pid = await self._pid(n)
        os.kill(pid, signal.SIGSTOP)
        await until(f"broker {n} is stopped", lambda: state_of(pid) == "T", 5)
        return f"broker {n} stopped"

    async def cont(self, n):
        pid = await self._pid(n)
        if state_of(pid) != "T":
            raise AssertionError(f"broker {n} was not stopped all the time")
        os.kill(pid, signal.SIGCONT)

    async def end(self, n):
        """Restarts a broker with SIGTERM, as an operator does: it first moves its partitions to others."""
        pid = await self._pid(n)
        os.kill(pid, signal.SIGTERM)
        await until(f"broker {n} has ended", lambda: state_of(pid) is None, 60)

    async def start(self, *nodes, environment=None):
        await asyncio.gather(*(self.do("start", n, environment=environment) for n in nodes))

    @contextlib.asynccontextmanager
    async def in_environment(self, n, environment):
        """Broker n runs with this environment meanwhile. Topics that are created meanwhile have it among their leaders."""
        await self.end(n)
        await self.start(n, environment=environment)
        try:
            yield
        finally:
            await self.end(n)
            await self.start(n)

    async def heal(self):
        """Repairs what a failed scenario has left."""
        for n, pid in await self._pids():
            if state_of(pid) == "T":
                os.kill(pid, signal.SIGCONT)
        await self.up()

    async def _pid(self, n):
        return dict(await self._pids())[n]

    async def _pids(self):
        status = await self.do("status")
        return [(int(n), int(pid)) for n, pid in re.findall(r"^node (\d): pid (\d+)", status, re.MULTILINE)]

    @contextlib.asynccontextmanager
    async def admin(self, but=()):
        """A client that connects first to a broker that is not in `but`."""
        ports = [self.client_port(n) for n in NODES if n not in but]
        client = AIOKafkaAdminClient(bootstrap_servers=[f"127.0.0.1:{p}" for p in ports], request_timeout_ms=5000)
        await client.start()
        try:
            yield client
        finally:
            await client.close()

    async def leader(self, topic, partition, but=()):
        async with self.admin(but) as admin:
            described = await admin.describe_topics([topic])
            found = next(p for p in described[0]["partitions"] if p["partition"] == partition)
            return found["leader"]

    async def coordinator(self, group, but=()):
        async with self.admin(but) as admin:
            return await admin.find_coordinator(group)

    async def controller(self, but=()):
        """The leader of the metadata quorum. (What brokers tell clients as `controller` is any broker.)"""
        for n in NODES:
            with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
                if n not in but:
                    return await asyncio.wait_for(describe_quorum(self.client_port(n)), 5)
        raise ConnectionError("no broker told who the controller is")

    async def until_moved(self, who, node, seconds=60):
        """Waits until the cluster names another node than `node`; `who` asks the other nodes."""
        until_time = time.monotonic() + seconds
        while time.monotonic() < until_time:
            with contextlib.suppress(*TROUBLE):
                now = await asyncio.wait_for(who(but=(node,)), 6)
                if now not in (node, -1):
                    return now
            await asyncio.sleep(0.1)
        raise AssertionError(f"the cluster kept node {node} for {seconds} s")

    async def until_whole(self, topics, seconds=120):
        """Waits until all copies of all partitions are in sync again."""
        until_time = time.monotonic() + seconds
        while time.monotonic() < until_time:
            with contextlib.suppress(*TROUBLE):
                async with self.admin() as admin:
                    described = await admin.describe_topics(list(topics))
                    partitions = [p for topic in described for p in topic["partitions"]]
                    if partitions and all(len(p["isr"]) == len(NODES) for p in partitions):
                        return
            await asyncio.sleep(0.5)
        raise AssertionError(f"not all copies of {topics} are in sync after {seconds} s")


async def describe_quorum(port):
    """A request of Kafka's DescribeQuorum, version 0, for the one partition of the cluster's metadata."""
    topic = b"__cluster_metadata"
    body = struct.pack(">hhih", 55, 0, 1, -1) + b"\0"  # api, version, correlation, no client id, no tags
    body += b"\x02" + bytes([len(topic) + 1]) + topic + b"\x02" + struct.pack(">i", 0) + b"\0\0\0"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(struct.pack(">i", len(body)) + body)
        answer = await reader.readexactly(struct.unpack(">i", await reader.readexactly(4))[0])
    finally:
        writer.close()
    # correlation, tags, error, one topic with its name, one partition: number, error, leader
    at = 4 + 1 + 2 + 1 + 1 + len(topic) + 1 + 4 + 2
    return struct.unpack_from(">i", answer, at)[0]


async def until(what, condition, seconds=30):
    until_time = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until_time:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        await asyncio.sleep(0.02)
