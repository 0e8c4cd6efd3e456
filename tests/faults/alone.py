"""One process without Kafka, killed again and again under load: PYTHONPATH=tests python -m faults.alone --binary B.

Clients submit tasks and follow them on all five transports while the process gets SIGKILL at random moments, at its start
too, and is started again on the same directory. In the end the ledger must be clean: nothing acknowledged is lost, shown
twice, or without an end. (What a machine that fails loses is another matter: tests/unit/bus/journal/crash_test.cpp.)"""
import argparse
import asyncio
import pathlib
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

from .brokers import until
from .clients import TRANSPORTS, Clients
from .ledger import Ledger
from .system import Process

PARTITIONS = 12


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Alone:
    """What Clients need of a system: where its gateways are. Here there is one address, whether somebody listens or not."""

    def __init__(self, binary, directory, settings):
        self.binary, self.directory = binary, directory
        self.names = SimpleNamespace(partitions=PARTITIONS)
        self.port = free_port()
        self.gateways = [SimpleNamespace(url=f"http://127.0.0.1:{self.port}")]
        self.flags = [part for key, value in {
            "gateway.port": self.port, "management.port": 0, "gateway.listen": "127.0.0.1", "topics.partitions": PARTITIONS,
            "artifacts.directory": directory / "artifacts", "inprocess.directory": directory / "journal",
            # A task may be running at each of the kills.
            "processor.max_runs": 100, "processor.concurrency": 16, "instance.log_level": "warning", **settings}.items()
            for part in ("--set", f"{key}={value}")]
        self.starts = 0

    async def start(self):
        self.starts += 1
        log = self.directory / f"{self.starts}.log"
        with open(log, "wb") as out:
            child = await asyncio.create_subprocess_exec(self.binary, *self.flags, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        return Process(f"start {self.starts}", "all", log, child)


async def client(clients, number, state):
    """Submits and follows one task after the other."""
    chance = random.Random(number)
    while not state.over:
        results = chance.choice((0, 1, 5, 20, 60))
        payload = {"results": results, "interval_ms": chance.choice((0, 1, 10, 30)), "result_bytes": chance.choice((10, 1000))}
        key = f"key-{number}-{chance.random()}" if chance.random() < 0.3 else None
        task = await clients.submit("simulate", payload, results=results, key=key)
        if task is None:
            await asyncio.sleep(0.05)
            continue
        await clients.watch(task, chance.choice(TRANSPORTS))


async def play(o, directory):
    system, ledger, state = Alone(o.binary, directory, dict(s.split("=", 1) for s in o.set)), Ledger(), SimpleNamespace(over=False)
    chance = random.Random(o.seed)
    ready = []
    async with Clients(system, ledger) as clients:
        process = await (await system.start()).until_ready()
        working = [asyncio.create_task(client(clients, n, state)) for n in range(o.clients)]
        for kill in range(o.kills):
            # One in ten does not get as far as to serve anybody.
            early = chance.random() < 0.1
            await asyncio.sleep(chance.uniform(0, 0.06) if early else chance.uniform(0.05, o.seconds))
            await process.kill()
            begin = time.monotonic()
            process = await system.start()
            if chance.random() < 0.1 and kill + 1 < o.kills:
                continue
            await process.until_ready()
            ready.append(time.monotonic() - begin)
            if (kill + 1) % 50 == 0:
                print(f"{kill + 1} kills, {len(ledger.acknowledged)} tasks", flush=True)
        state.over = True
        await asyncio.wait_for(asyncio.gather(*working), 120)
        gateway = system.gateways[0]
        histories = {"the process": {id: await clients.history(gateway, id) for id in ledger.acknowledged}}
        # Once more from the disk alone.
        await process.kill()
        process = await (await system.start()).until_ready()
        histories["the next process"] = {id: await clients.history(gateway, id) for id in ledger.acknowledged}
        await process.drain()
    return ledger.judge(histories), ready, clients, sum(f.stat().st_size for f in (directory / "journal").rglob("*") if f.is_file())


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", type=pathlib.Path, required=True)
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--clients", type=int, default=24)
    options.add_argument("--seconds", type=float, default=0.8, help="the longest time between a start and the next kill")
    options.add_argument("--seed", type=int, default=random.randrange(10 ** 6))
    options.add_argument("--set", action="append", default=[])
    o = options.parse_args()
    o.binary = o.binary.resolve()
    with tempfile.TemporaryDirectory(prefix="streamdemo-alone-") as directory:
        verdict, ready, clients, size = asyncio.run(play(o, pathlib.Path(directory)))
    counts = ", ".join(f"{what} {number}" for what, number in verdict.counts.items() if what != "committed_too_far")
    print(f"{o.kills} kills (seed {o.seed}): {verdict.tasks} tasks acknowledged; {counts}")
    print(f"from start to ready: median {statistics.median(ready) * 1000:.0f} ms, longest {max(ready) * 1000:.0f} ms; "
          f"{clients.trouble} connections cut or refused; the journal takes {size / 1e6:.1f} MB")
    for complaint in verdict.complaints[:20]:
        print(f"  ! {complaint}")
    # As the other suites sum up: a kill is a test.
    print(f"\n{o.kills if verdict.good else 0} passed, {0 if verdict.good else o.kills} failed, 0 skipped")
    return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())
