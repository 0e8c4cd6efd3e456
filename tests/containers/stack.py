"""The stack of docker/compose.yaml on the local engine, and what can be done to its containers."""
import asyncio
import json
import os
import pathlib
import re
import resource
import signal
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Makes images of the same names on a machine that reaches no registry.
STANDINS = pathlib.Path(os.environ.get("STREAMDEMO_STANDINS", ROOT.parent / "shared/images/build.sh"))


async def run(*command, check=True, environment=None, seconds=1800):
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=ROOT,
        env={**os.environ, **(environment or {})})
    try:
        out, _ = await asyncio.wait_for(process.communicate(), seconds)
    finally:
        if process.returncode is None:
            process.kill()
    if check and process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {out.decode()[-3000:]}")
    return out.decode()


async def succeeds(*command, seconds=60):
    try:
        await run(*command, seconds=seconds)
        return True
    except (RuntimeError, TimeoutError):
        return False


@dataclass(frozen=True)
class Gateway:
    """One as the ledger knows it: reached directly."""
    name: str
    url: str


class Stack:
    def __init__(self, port, project="streamdemo-test", files=("docker/compose.yaml", "tests/containers/override.yaml")):
        self.port, self.project, self.files = port, project, [part for file in files for part in ("-f", file)]
        self.environment = {
            "COMPOSE_PROJECT_NAME": project, "HTTP_PORT": str(port), "HTTPS_PORT": str(port + 1), "UI_PORT": str(port + 2),
            "OPEN_FILES": str(min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
            "CONNECTIONS_PER_ADDRESS": "5000", "REQUESTS_PER_SECOND": "5000", "REQUESTS_BURST": "5000",
            "AUTH_MODE": "none", "COMPOSE_HTTP_TIMEOUT": "300"}  # docker-compose 1.29 gives a busy engine up after a minute
        self.http, self.https, self.ui = f"http://localhost:{port}", f"https://localhost:{port + 1}", f"http://localhost:{port + 2}"

    def laptop(self):
        """The other shape, beside this one; it has no door but its own."""
        alone = Stack(self.port + 3, f"{self.project}-laptop", ["docker/compose.laptop.yaml"])
        alone.https = alone.http
        return alone

    async def compose(self, *arguments, **environment):
        tool = ["docker", "compose"] if await succeeds("docker", "compose", "version") else ["docker-compose"]
        return await run(*tool, *self.files, *arguments, environment={**self.environment, **environment})

    async def services(self):
        return sorted((await self.compose("config", "--services")).split())

    async def images(self, network):
        """Ours are built, the others pulled, or made here where they cannot be."""
        names = re.findall(r"^ +image: (\S+)$", await self.compose("config"), re.MULTILINE)
        debian = re.search(r"^ARG DEBIAN=(\S+)$", (ROOT / "docker/Dockerfile").read_text(), re.MULTILINE)[1]
        made = []
        for name in sorted({n for n in names if not n.startswith("streamdemo-")} | {debian}):
            if await succeeds("docker", "image", "inspect", name) or await succeeds("docker", "pull", "-q", name, seconds=300):
                continue
            if not STANDINS.exists():
                raise RuntimeError(f"{name} cannot be pulled, and there is no {STANDINS}")
            repository, tag = name.split(":")
            short = repository.rpartition("/")[2]
            what = tag.removesuffix("-slim") if short == "debian" else short
            await run(STANDINS, what, environment={f"{short.upper()}_{'VERSION' if short == 'kafka' else 'TAG'}": tag})
            made.append(name)
        await self.compose("build", BUILD_NETWORK=network)
        sizes = {role: int(await run("docker", "image", "inspect", "-f", "{{.Size}}", f"streamdemo-{role}"))
                 for role in ("gateway", "processor")}
        told = ", ".join(f"{role} {size / 1e6:.0f} MB" for role, size in sizes.items())
        return told + (f"; made here: {', '.join(made)}" if made else "")

    async def up(self, scale={}, **environment):
        flags = [part for role, n in scale.items() for part in ("--scale", f"{role}={n}")]
        await self.compose("up", "-d", *flags, **environment)

    async def down(self):
        await self.compose("down", "--volumes", "--timeout", "5")

    # --- containers ---

    async def containers(self, service):
        """Ids, in the order of their names."""
        rows = await run("docker", "ps", "--filter", f"label=com.docker.compose.project={self.project}", "--filter",
                         f"label=com.docker.compose.service={service}", "--format", "{{.Names}} {{.ID}}")
        return [row.split()[1] for row in sorted(rows.splitlines())]

    async def about(self, container):
        """All that the engine knows of it."""
        return json.loads(await run("docker", "inspect", container))[0]

    async def state(self, container):
        return (await self.about(container))["State"]

    async def gateways(self):
        found = []
        for container in await self.containers("gateway"):
            port = (await run("docker", "port", container, "8080/tcp")).split()[0].rpartition(":")[2]
            found.append(Gateway(f"gateway-{container}", f"http://127.0.0.1:{port}"))
        return found

    async def kill(self, container):
        """As a crash, not as an operator's wish: the restart policy brings it back. Returns the moment."""
        pid = (await self.state(container))["Pid"]
        os.kill(pid, signal.SIGKILL)
        return time.monotonic()

    async def restart(self, container):
        """SIGTERM, as long as it wants to drain, then a new start."""
        await run("docker", "restart", "--time", "60", container)

    async def stop(self, container):
        """SIGTERM, and as long as it wants to drain. Its exit code."""
        await run("docker", "stop", "--time", "60", container)
        return (await self.state(container))["ExitCode"]

    async def until_healthy(self, *containers, since=None, seconds=180):
        """`since`: the start that does not count any more. Returns seconds waited."""
        begin = time.monotonic()
        for container in containers:
            while True:
                state = await self.state(container)
                if state["Running"] and state["StartedAt"] != since and state.get("Health", {}).get("Status") == "healthy":
                    break
                if time.monotonic() - begin > seconds:
                    raise AssertionError(f"{container} is not healthy after {seconds} s: {state}")
                await asyncio.sleep(0.2)
        return time.monotonic() - begin
