"""What is played for each program: tasks of its own, at a gateway that stays or at one that is broken meanwhile, directly or
behind nginx."""
import asyncio
import json
import urllib.request

from faults.brokers import until
from proxies.servers import KINDS, Proxy

from .judge import away, judge
from .programs import Program

# How long a program may take to the end of its task once nothing stands in its way any more.
PATIENCE = 45
# A program that takes its time to begin must still meet a gateway that goes away: its task gets slower, up to this.
SLOWEST_MS = 3000


async def submit(url, payload):
    def post():
        request = urllib.request.Request(f"{url}/api/simulate", json.dumps(payload).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return url + answer.headers["Location"] + "/events"
    return await asyncio.to_thread(post)


class Struck:
    """A gateway at a port of its own that is broken and started again, and the address by which clients know it."""

    def __init__(self, system, port, url=None):
        self._system, self._settings = system, {"gateway.port": port}
        self.url = url or f"http://127.0.0.1:{port}"
        self.gateway = None

    async def up(self):
        self.gateway = await self._system.gateway(self._settings)


class Stage:
    """A gateway that nothing happens to, one that is broken, and another behind nginx with the configuration of
    docs/proxies.md. Takes three ports."""

    def __init__(self, system, port, directory):
        self.system, self.directory = system, directory
        self.nginx = Proxy(KINDS["nginx"], directory / f"nginx-{port}", port + 2, port + 1, KINDS["nginx"].source.read_text())
        self.direct = Struck(system, port)
        self.behind = Struck(system, port + 1, self.nginx.url)
        self.calm = None

    async def __aenter__(self):
        self.calm = await self.system.gateway()
        await asyncio.gather(self.direct.up(), self.behind.up())
        await self.nginx.__aenter__()
        return self

    async def __aexit__(self, *_):
        await self.nginx.__aexit__()

    async def start(self, client, variant, play, url, payload):
        events = await submit(url, payload)
        return await Program.start(client, variant, events, self.directory / f"{client.name}-{variant}-{play}.txt")


async def undisturbed(stage, name, payload, client, variant):
    program = await stage.start(client, variant, name, stage.calm.url, payload)
    code = await program.code_within(PATIENCE)
    return {"wrong": judge(program.shown, code, program.complaint)}


async def broken(stage, struck, name, strike, absence, client, variant, interval=250):
    """Once the client has some of the events, and not yet all. The gateway is away for so many seconds at least."""
    program = await stage.start(client, variant, name, struck.url, {"results": 20, "interval_ms": interval})
    try:
        await until("the client has some events", lambda: program.events >= 6 or not program.running, 60)
    except AssertionError:
        pass  # the judge says what it has
    await strike(struck.gateway)
    await asyncio.sleep(absence)
    await struck.up()
    code = await program.code_within(PATIENCE)
    seen = {"wrong": judge(program.shown, code, program.complaint), "away": away(program.shown)}
    if interval < SLOWEST_MS and not seen["wrong"] and seen["away"] < max(absence - 1, 1):
        # It began too late, or had its events before.
        return await broken(stage, struck, name, strike, absence, client, variant, interval * 3)
    return seen


def plain(stage, *who):
    return undisturbed(stage, "plain", {"results": 20, "interval_ms": 50}, *who)


def quiet(stage, *who):
    """Longer than the server's signs of life are apart."""
    return undisturbed(stage, "quiet", {"results": 2, "interval_ms": 17000}, *who)


def large(stage, *who):
    return undisturbed(stage, "large", {"results": 2, "interval_ms": 50, "payload_bytes": 300000}, *who)


def stopped(stage, *who):
    """The clients were told to come back when it will be there again."""
    return broken(stage, stage.direct, "stopped", lambda gateway: gateway.drain(), 0, *who)


def killed(stage, *who):
    """Nobody was told: who comes back as soon as the stream's `retry:` said, meets a port that refuses."""
    return broken(stage, stage.direct, "killed", lambda gateway: gateway.kill(), 5, *who)


def stopped_behind(stage, *who):
    return broken(stage, stage.behind, "stopped_behind", lambda gateway: gateway.drain(), 0, *who)


def killed_behind(stage, *who):
    """Who comes back meanwhile meets nginx, which tells an EventSource to come again, and others that there is nobody."""
    return broken(stage, stage.behind, "killed_behind", lambda gateway: gateway.kill(), 5, *who)


# Those of a row in turn, the rows side by side: the first waits most of its time, and each has a gateway of its own.
ROWS = ((quiet,), (plain, large, stopped, killed), (stopped_behind, killed_behind))
NAMES = [play.__name__ for row in ROWS for play in row]


async def in_turn(row, names, *who):
    return {play.__name__: await play(*who) for play in row if play.__name__ in names}


async def play_all(stage, client, variant, names):
    rows = await asyncio.gather(*(in_turn(row, names, stage, client, variant) for row in ROWS))
    return {name: outcome for row in rows for name, outcome in row.items()}
