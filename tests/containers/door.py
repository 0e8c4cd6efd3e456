"""nginx alone, without any container: python -m containers.door --binary FILE [--measure] [--cluster DIR] [--port N]

docker/nginx runs on this machine's nginx, before real gateways on three real brokers and before servers that note what
reaches them; a name server says which addresses there are. The compose files are read by whichever compose is there."""
import argparse
import asyncio
import contextlib
import pathlib
import shutil
import sys
import tempfile
from types import SimpleNamespace

from faults.brokers import Brokers
from faults.clients import Clients
from faults.ledger import Ledger
from faults.system import Names, System

from . import gateways, measures, nginx, requests, through
from .checks import Checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Heartbeats of a second, so that a quiet stream outlives nginx's patience, shortened likewise, within seconds.
QUICK = {"gateway.heartbeat_ms": 1000, "gateway.ping_ms": 1000, "gateway.pong_timeout_ms": 1000, "processor.alive_interval_ms": 500,
         "processor.max_runs": 3, "gateway.drain_ms": 3000}


class World:
    """Two gateways on addresses of their own with one port, as containers have it; a processor; nginx before them."""

    def __init__(self, given, directory, brokers):
        self.given, self.directory, self.brokers = given, directory, brokers
        self.port = nginx.free_port()
        self.names = Names.fresh("door")
        self.ledger = Ledger()
        self._open = contextlib.AsyncExitStack()

    async def __aenter__(self):
        self.dns = nginx.NameServer()
        await self.dns.start()
        self.system = System(self.given.binary, self.brokers.bootstrap, self.directory / "system", self.names, QUICK)
        self._open.push_async_callback(self.system.end)
        await self.gateway("127.0.0.2")
        await self.gateway("127.0.0.3")
        await self.system.processor()
        self.nginx = await self._open.enter_async_context(self.door("main"))
        self.http, self.https = self.nginx.http, self.nginx.https
        behind = SimpleNamespace(gateways=[SimpleNamespace(url=self.http)], names=self.names)
        self.clients = await self._open.enter_async_context(Clients(behind, self.ledger))
        return self

    async def __aexit__(self, *error):
        await self._open.aclose()

    @property
    def gateways(self):
        return self.system.gateways

    def door(self, name, changes=(), **values):
        return nginx.Nginx(self.directory / name, self.port, self.dns.port, changes, **values)

    async def gateway(self, address):
        """A gateway there, known to the name server."""
        process = await self.system.gateway({"gateway.listen": address, "gateway.port": self.port})
        process.address = address
        process.url = f"http://{address}:{self.port}"
        self.dns.addresses.append(address)
        return process


async def play(given, directory):
    checks = Checks()
    for check in () if given.measure else requests.WITHOUT_GATEWAYS:
        await checks.run(check, directory)
    brokers = Brokers(given.cluster or directory / "kafka", given.port)
    await brokers.up()
    try:
        async with World(given, directory, brokers) as world:
            for check in (measures.delays,) if given.measure else (*through.ALL, *gateways.ALL):
                await checks.run(check, world)
    finally:
        if not given.cluster:
            await brokers.do("wipe")
    return checks.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/streamdemo")
    parser.add_argument("--measure", action="store_true", help="what nginx adds to a result's delay, and no more")
    parser.add_argument("--cluster", type=pathlib.Path, help="where brokers that run already keep their data")
    parser.add_argument("--port", type=int, default=29492, help="the brokers' first port")
    given = parser.parse_args()
    given.binary = given.binary.resolve()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="streamdemo-door-"))
    directory.chmod(0o755)
    code = asyncio.run(play(given, directory))
    if code:
        print(f"logs are in {directory}")
    else:
        shutil.rmtree(directory)
    return code


sys.exit(main())
