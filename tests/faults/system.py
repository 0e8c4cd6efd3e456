"""Gateways and processors as real processes on topics of their own, and how to start, kill, freeze and drain them."""
import asyncio
import itertools
import os
import re
import secrets
import signal
import subprocess
from dataclasses import dataclass

from .brokers import state_of, until

READY = re.compile(r"is ready (?:on|as a processor)(?: (http://\S+))?")


@dataclass(frozen=True)
class Names:
    """The topics and the group of one system, so that systems on one cluster do not meet."""
    request: str
    response: str
    dead_letter: str
    group: str
    partitions: int = 6

    @property
    def topics(self):
        return self.request, self.response, self.dead_letter

    @staticmethod
    def fresh(scenario):
        name = f"{scenario}-{secrets.token_hex(3)}"
        return Names(f"{name}.request", f"{name}.response", f"{name}.dead-letter", name)


class Process:
    """One streamdemo process."""

    def __init__(self, name, role, log, child):
        self.name, self.role, self.log, self._child = name, role, log, child
        self.url = None  # of a gateway
        self.leaving = False  # told to end: clients find it no longer

    @property
    def pid(self):
        return self._child.pid

    @property
    def alive(self):
        return self._child.returncode is None and not self.leaving

    def said(self):
        return self.log.read_text(errors="replace")

    async def until_ready(self, seconds=90):
        def ready():
            if self._child.returncode is not None:
                raise AssertionError(f"{self.name} ended by itself: {self.said()[-2000:]}")
            return READY.search(self.said())
        await until(f"{self.name} is ready", ready, seconds)
        self.url = READY.search(self.said())[1]
        return self

    # Each returns a sentence about what it did, once that has taken effect.
    async def kill(self):
        self.leaving = True
        self._child.kill()
        if await self._child.wait() != -signal.SIGKILL:
            raise AssertionError(f"{self.name} had ended before it was killed: {self.said()[-2000:]}")
        return f"{self.name} killed"

    async def stop(self):
        os.kill(self.pid, signal.SIGSTOP)
        await until(f"{self.name} is stopped", lambda: state_of(self.pid) == "T", 5)
        return f"{self.name} stopped"

    def cont(self):
        if state_of(self.pid) != "T":
            raise AssertionError(f"{self.name} was not stopped all the time")
        os.kill(self.pid, signal.SIGCONT)

    async def drain(self, seconds=60):
        """Sends SIGTERM; the process must end by itself, with exit code 0."""
        self.leaving = True
        self._child.terminate()
        code = await asyncio.wait_for(self._child.wait(), seconds)
        if code != 0:
            raise AssertionError(f"{self.name} ended with {code} after SIGTERM: {self.said()[-2000:]}")
        return f"{self.name} drained"

    async def ended(self):
        return await self._child.wait()

    async def end(self):
        if self._child.returncode is None:
            self._child.kill()
            await self._child.wait()


class System:
    def __init__(self, binary, bootstrap, directory, names, settings=None, tables=""):
        """`settings` go to every process, with its name for `{name}`; `tables` is TOML for kinds of tasks."""
        self.binary, self.bootstrap, self.directory, self.names = binary, bootstrap, directory, names
        self.settings = settings or {}
        self.processes: list[Process] = []
        self._numbers = itertools.count(1)
        directory.mkdir(parents=True)
        (directory / "kinds.toml").write_text(tables)

    @property
    def gateways(self):
        return [p for p in self.processes if p.role == "gateway" and p.alive]

    @property
    def processors(self):
        return [p for p in self.processes if p.role == "processor" and p.alive]

    def process(self, source):
        """The process that a record names as its source."""
        return next(p for p in self.processes if p.name == source.split("/")[0])

    async def start(self, gateways, processors):
        # Start the first one alone, so that it is known which process creates the topics.
        first = await self.gateway() if gateways else await self.processor()
        others = [self.gateway() for _ in range(gateways - 1)] + [self.processor() for _ in range(processors)]
        await asyncio.gather(*others)
        return first

    async def gateway(self, settings=None, environment=None):
        return await (await self.spawn("gateway", settings, environment)).until_ready()

    async def processor(self, settings=None, environment=None):
        return await (await self.spawn("processor", settings, environment)).until_ready()

    async def spawn(self, role, settings=None, environment=None):
        name = f"{role}-{next(self._numbers)}"
        given = {
            "instance.name": name, "gateway.port": 0, "management.port": 0, "gateway.listen": "127.0.0.1",
            "kafka.brokers": self.bootstrap, "topics.request": self.names.request, "topics.response": self.names.response,
            "topics.dead_letter": self.names.dead_letter, "topics.group": self.names.group,
            "topics.partitions": self.names.partitions, "artifacts.directory": self.directory / "artifacts",
            **self.settings, **(settings or {})}
        flags = [part for key, value in given.items() for part in ("--set", f"{key}={value}".replace("{name}", name))]
        log = self.directory / f"{name}.log"
        with open(log, "wb") as out:
            child = await asyncio.create_subprocess_exec(
                self.binary, "--config", self.directory / "kinds.toml", f"--role={role}", "--bus=kafka", *flags,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **(environment or {})})
        self.processes.append(Process(name, role, log, child))
        return self.processes[-1]

    async def end(self):
        await asyncio.gather(*(p.end() for p in self.processes))
