"""The product behind a proxy: one gateway at a port that it keeps through restarts, a processor, and brokers, so that nothing
is lost with a gateway. And clients that note when each event came."""
import collections
import time
from types import SimpleNamespace

from faults.clients import Clients
from faults.ledger import Ledger
from faults.system import Names, System

ORIGIN = "https://demo.example.org"
# A quiet stream's signs of life come soon, so that whoever leaves is noticed within seconds.
HEARTBEAT_MS = 2000


class Stage:
    def __init__(self, binary, bootstrap, directory, port):
        self.port, self.management = port, port + 1
        settings = {"gateway.port": port, "management.port": self.management, "gateway.drain_ms": 3000,
                    "gateway.heartbeat_ms": HEARTBEAT_MS, "gateway.allowed_origins": f'["{ORIGIN}"]'}
        self.of_gateway = settings
        self.system = System(binary, bootstrap, directory, Names.fresh("proxies"))

    async def __aenter__(self):
        await self.bring_back()
        await self.system.processor()
        return self

    async def __aexit__(self, *_):
        await self.system.end()

    @property
    def gateway(self):
        return self.system.gateways[0]

    async def bring_back(self):
        await self.system.gateway(self.of_gateway)

    def clients(self, url=None):
        """That know one address: the gateway's own, or the proxy's."""
        gateways = [SimpleNamespace(url=url or f"http://127.0.0.1:{self.port}")]
        return TimedClients(SimpleNamespace(gateways=gateways, names=self.system.names), Ledger())


class TimedClients(Clients):
    def __init__(self, system, ledger):
        super().__init__(system, ledger)
        self.arrivals = collections.defaultdict(dict)  # by client: monotonic seconds by seq

    def _take(self, view, event):
        if "seq" in event:
            self.arrivals[view.client].setdefault(event["seq"], time.monotonic())
        super()._take(view, event)
