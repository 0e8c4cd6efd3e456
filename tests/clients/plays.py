"""What is played for each program: tasks of its own, at a gateway that stays or at one that is broken meanwhile."""
import asyncio
import json
import time
import urllib.request

from faults.brokers import until

from .judge import away, judge
from .programs import Program

# How long a program may take to the end of its task once nothing stands in its way any more.
PATIENCE = 45


async def submit(gateway, payload):
    def post():
        request = urllib.request.Request(f"{gateway.url}/api/simulate", json.dumps(payload).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return gateway.url + answer.headers["Location"] + "/events"
    return await asyncio.to_thread(post)


class Stage:
    """A gateway that nothing happens to, one at a port of its own that is broken and started again, and a processor."""

    def __init__(self, system, port, directory):
        self.system, self.directory = system, directory
        self.settings = {"gateway.port": port}
        self.calm = self.struck = None

    async def up(self):
        self.calm = await self.system.gateway()
        self.struck = await self.system.gateway(self.settings)
        await self.system.processor()

    async def again(self):
        self.struck = await self.system.gateway(self.settings)

    async def start(self, client, variant, play, gateway, payload):
        url = await submit(gateway, payload)
        return await Program.start(client, variant, url, self.directory / f"{client.name}-{variant}-{play}.txt")


async def undisturbed(stage, name, payload, client, variant):
    program = await stage.start(client, variant, name, stage.calm, payload)
    code = await program.code_within(PATIENCE)
    return {"wrong": judge(program.shown, code, program.complaint)}


async def broken(stage, name, strike, absence, client, variant, interval=250):
    """Once the client has some of the events, and not yet all. The gateway is away for so many seconds at least."""
    program = await stage.start(client, variant, name, stage.struck, {"results": 20, "interval_ms": interval})
    try:
        await until("the client has some events", lambda: program.events >= 6 or not program.running, 30)
    except AssertionError:
        pass  # the judge says what it has
    struck_at = time.time() * 1000
    await strike(stage.struck)
    await asyncio.sleep(absence)
    await stage.again()
    code = await program.code_within(PATIENCE)
    # By the time at which it was shown: what a slow program shows is read later.
    if any(event["type"] == "ended" and event["at"] < struck_at for event in program.shown):
        return await broken(stage, name, strike, absence, client, variant, interval * 3)
    return {"wrong": judge(program.shown, code, program.complaint), "away": away(program.shown)}


def plain(*who):
    return undisturbed(*who[:1], "plain", {"results": 20, "interval_ms": 50}, *who[1:])


def quiet(*who):
    """Longer than the server's signs of life are apart."""
    return undisturbed(*who[:1], "quiet", {"results": 2, "interval_ms": 17000}, *who[1:])


def large(*who):
    return undisturbed(*who[:1], "large", {"results": 2, "interval_ms": 50, "payload_bytes": 300000}, *who[1:])


def stopped(*who):
    """The clients were told to come back when it will be there again."""
    return broken(*who[:1], "stopped", lambda gateway: gateway.drain(), 0, *who[1:])


def killed(*who):
    """Nobody was told: who comes back as soon as the stream's `retry:` said, meets a port that refuses."""
    return broken(*who[:1], "killed", lambda gateway: gateway.kill(), 5, *who[1:])


BESIDE, IN_TURN = (quiet,), (plain, large, stopped, killed)
NAMES = [play.__name__ for play in (*BESIDE, *IN_TURN)]


async def play_all(stage, client, variant, names):
    """The quiet one beside the others: it waits, and has the gateway that stays."""
    waiting = {play.__name__: asyncio.ensure_future(play(stage, client, variant)) for play in BESIDE if play.__name__ in names}
    seen = {play.__name__: await play(stage, client, variant) for play in IN_TURN if play.__name__ in names}
    return {**seen, **{name: await outcome for name, outcome in waiting.items()}}
