"""What one scenario works with: a system on the brokers, clients, the log's reader, the ledger, and the scenario's proofs."""
import asyncio
import contextlib
import itertools
import time

from .brokers import until
from .bucket import bucket
from .clients import TRANSPORTS, Clients
from .ledger import Ledger
from .log import Log, end_all
from .system import Names, System

END_PATIENCE = 180


class Stage:
    def __init__(self, name, brokers, binary, directory, earlier=None):
        """`earlier`: the binary of an earlier version, for the scenario that upgrades it."""
        self.name, self.brokers, self.binary, self.directory = name, brokers, binary, directory
        self.earlier = earlier
        self.ledger = Ledger()
        self.faults, self.proofs = [], []
        self.fault_at = None
        self.clients = None
        self._watchers = []
        self._open = contextlib.AsyncExitStack()

    async def build(self, gateways=2, processors=2, settings=None, tables="", in_bucket=False):
        """Starts the system; everything below needs it. Its processors have room for the whole load. `in_bucket`: no two
        processes share a directory, their files are in a bucket."""
        self.names = Names.fresh(self.name)
        if in_bucket:
            given, self.bucket_server = await self._open.enter_async_context(bucket(self.directory / self.name))
            settings = {**given, **(settings or {})}
        self.system = System(self.binary, self.brokers.bootstrap, self.directory / self.name, self.names,
                             {"processor.concurrency": 100, **(settings or {})}, tables)
        self._open.push_async_callback(self.system.end)
        await self.system.start(gateways, processors)
        self.clients = await self._open.enter_async_context(Clients(self.system, self.ledger))
        self.log = await self._open.enter_async_context(Log(self.brokers.bootstrap, self.names))
        return self.system

    @property
    def not_known_yet(self):
        return self.clients.not_known_yet if self.clients else 0

    def fault(self, what):
        """Call it at the moment of the (first) fault, with what was done."""
        self.faults.append(what)
        self.fault_at = self.fault_at or time.monotonic()

    def proved(self, what, condition=True):
        """Call it with evidence that the fault really happened. A scenario without any, or with a false `condition`, fails."""
        if not condition:
            raise AssertionError(f"the fault was not there: {what}")
        self.proofs.append(what)

    async def task(self, kind="simulate", payload=None, *, transport="sse", turn=None, **submission):
        """Submits a task and follows it if it was acknowledged. Returns its id, or None."""
        request_id = await self.clients.submit(kind, payload or {}, turn=turn, **submission)
        if request_id is not None:
            self.watch(request_id, transport, turn)
        return request_id

    def watch(self, request_id, transport="sse", turn=None):
        watcher = asyncio.create_task(self.clients.watch(request_id, transport, turn))
        self._watchers.append(watcher)
        return watcher

    @contextlib.asynccontextmanager
    async def load(self, per_second=8, results=5, interval_ms=200, before=2.0):
        """Tasks without a pause while the body runs, over all transports, every second one with an Idempotency-Key.
        The body begins `before` seconds after every processor has begun to run some."""
        going = asyncio.create_task(self._submit_steadily(per_second, results, interval_ms))
        try:
            await until("every processor has work", lambda: going.done() or self._all_work(), 60)
            await asyncio.sleep(before)
            yield
        finally:
            going.cancel()
            await asyncio.gather(going, return_exceptions=True)

    def _all_work(self):
        sources = {start.source.split("/")[0] for task in self.log.fold.tasks.values() for start in task.starts}
        return self.ledger.deliveries and all(p.name in sources for p in self.system.processors)

    async def _submit_steadily(self, per_second, results, interval_ms):
        begin = time.monotonic()
        async with asyncio.TaskGroup() as group:
            try:
                for n in itertools.count():
                    await asyncio.sleep(max(0, begin + n / per_second - time.monotonic()))
                    key = f"{self.names.group}-{n}" if n % 2 else None
                    group.create_task(self.task(payload={"results": results, "interval_ms": interval_ms}, results=results,
                                                transport=TRANSPORTS[n % len(TRANSPORTS)], turn=n, key=key))
            except asyncio.CancelledError:
                pass  # those under way are finished

    async def until_acknowledged_again(self, seconds=120):
        """Waits until every partition has acknowledged a task that was sent after the fault, and a result came."""
        def again():
            since = {t.partition for t in self.ledger.acknowledged.values() if t.sent_at >= self.fault_at}
            return len(since) == self.names.partitions and self.ledger.recovery(self.fault_at)[2] is not None
        await until("every partition acknowledges again", again, seconds)

    async def until_ended(self, seconds=END_PATIENCE):
        """Waits for all clients, and for the log's reader. The ledger then finds tasks without an end."""
        pending = [w for w in self._watchers if not w.done()]
        if pending:
            await asyncio.wait(pending, timeout=seconds)
        for broken in await self._stop_watching():
            raise broken  # what no client of ours foresaw
        await self.log.read_to_end()

    async def _stop_watching(self):
        return await end_all(self._watchers)

    async def judge(self):
        await self.until_ended()
        histories = {g.name: await self._histories(g) for g in self.system.gateways}
        return self.ledger.judge(histories, self.log)

    async def _histories(self, gateway):
        turns = asyncio.Semaphore(32)

        async def one(request_id):
            async with turns:
                return request_id, await self.clients.history(gateway, request_id)
        return dict(await asyncio.gather(*map(one, self.ledger.acknowledged)))

    async def close(self):
        await self._stop_watching()
        await self._open.aclose()
        with contextlib.suppress(Exception):
            async with self.brokers.admin() as admin:
                await admin.delete_topics(list(self.names.topics))


