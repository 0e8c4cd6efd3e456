"""nginx and compose files by themselves: what nginx makes of requests, seen by servers in the gateways' place."""
import asyncio
import contextlib
import itertools
import pathlib
import re
import shutil
import subprocess

import aiohttp

from . import nginx
from .checks import equal
from .through import curl
from .upstreams import Upstream

SSE = {"Accept": "text/event-stream"}


async def files_are_read(_):
    """The compose files are valid for each compose that is there."""
    tools = [tool for tool in (["docker", "compose"], ["docker-compose"])
             if shutil.which(tool[0]) and subprocess.run([*tool, "version"], capture_output=True).returncode == 0]
    for tool, name in itertools.product(tools, ("compose.yaml", "compose.laptop.yaml")):
        read = subprocess.run([*tool, "-f", nginx.DOCKER / name, "--profile", "observability", "config"], capture_output=True, text=True)
        equal(0, read.returncode, read.stderr)
        equal([], [f for f in re.findall(rf"{nginx.DOCKER}[\w./-]+", read.stdout) if not pathlib.Path(f).exists()], "files that are mounted and not there")
        images = re.findall(r"^ +image: (\S+)$", read.stdout, re.MULTILINE)
        equal([], [image for image in images if not re.search(r":[\w.]+$", image)], "images without a version")
    equal(True, bool(tools), "there is a compose")
    return ", ".join(" ".join(tool) for tool in tools)


@contextlib.asynccontextmanager
async def before(directory, name, *upstreams, addresses=None, **values):
    """An nginx before `upstreams`, all on one port. (names, nginx)"""
    names = nginx.NameServer()
    await names.start()
    names.addresses = addresses or [u.address for u in upstreams]
    port = upstreams[0].port if upstreams else nginx.free_port()
    async with contextlib.AsyncExitStack() as stack:
        for upstream in upstreams:
            await stack.enter_async_context(upstream)
        yield names, await stack.enter_async_context(nginx.Nginx(directory / name, port, names.port, **values))


async def configuration(directory):
    """nginx finds no fault in its configuration, and makes its certificate once."""
    one = nginx.Nginx(directory / "configuration", 1, 1)
    code, said = one.says_of_its_configuration()
    equal(0, code, said)
    equal([], [line for line in said.splitlines() if "[warn]" in line and "deprecated" not in line])
    certificate = (one.directory / "tls.crt").read_bytes()
    subprocess.run([nginx.DOCKER / "nginx/certificate.sh"], check=True, env={"PATH": "/usr/bin:/bin", "CERTIFICATES": str(one.directory)})
    equal(certificate, (one.directory / "tls.crt").read_bytes())
    said = subprocess.run(["openssl", "x509", "-in", one.directory / "tls.crt", "-noout", "-text"], capture_output=True, text=True).stdout
    equal(True, "DNS:localhost" in said and "IP Address:127.0.0.1" in said, said)
    equal(0o600, (one.directory / "tls.key").stat().st_mode & 0o777)
    return subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip()


async def client_address(directory):
    """The client's address is nginx's word alone, the Host the client's with its port."""
    seen = Upstream("127.0.0.2", nginx.free_port())
    async with before(directory, "address", seen) as (_, door):
        await curl(f"{door.https}/api/x?y=%20z", "-H", "X-Forwarded-For: 6.6.6.6", "-H", "Forwarded: for=6.6.6.6")
    equal(("127.0.0.1", "https", None), tuple(map(seen.header, ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"))))
    equal(door.https.removeprefix("https://"), seen.header("Host"))
    equal("GET /api/x?y=%20z HTTP/1.1", seen.heads[-1].split("\r\n")[0])


async def nothing_is_sent_twice(directory):
    """A POST that a gateway may have taken is not repeated; a GET goes to the next one."""
    port = nginx.free_port()
    silent, healthy = Upstream("127.0.0.2", port, answer=None), Upstream("127.0.0.3", port)
    async with before(directory, "twice", silent, healthy) as (names, door), aiohttp.ClientSession() as http:
        names.addresses = [silent.address]
        async with http.post(f"{door.http}/api/simulate", json={}) as answer:
            equal((503, "1"), (answer.status, answer.headers["Retry-After"]))
            equal("urn:streamdemo:problem:unavailable", (await answer.json(content_type=None))["type"])
        equal(1, len(silent.heads), "times the POST was sent")
    port = nginx.free_port()
    silent, healthy = Upstream("127.0.0.2", port, answer=None), Upstream("127.0.0.3", port)
    async with before(directory, "next", silent, healthy) as (_, door):
        for _ in range(20):
            equal((0, "ok"), await curl(f"{door.http}/x"))
        posts = [(await curl("-o", "/dev/null", "-w", "%{http_code}", "-d", "{}", f"{door.http}/x"))[1] for _ in range(20)]
    sent = [h for u in (silent, healthy) for h in u.heads if h.startswith("POST")]
    equal((20, {"200", "503"}), (len(sent), set(posts)), "POSTs sent")


async def refused_goes_on(directory):
    """A gateway that refuses is passed over, for POST too; a new address is found without a reload."""
    port = nginx.free_port()
    first, second = Upstream("127.0.0.2", port), Upstream("127.0.0.3", port)
    async with before(directory, "refused", first, addresses=["127.0.0.2", "127.0.0.9"]) as (names, door):
        for n in range(40):
            equal((0, "ok"), await curl(f"{door.http}/x", *(["-d", "{}"] if n % 2 else [])))
        async with second:
            names.addresses = [second.address]
            async with asyncio.timeout(30):  # nginx asks once a second
                while not second.heads:
                    await curl(f"{door.http}/x")
    return f"the new address after {sum('x' in h for h in first.heads) - 40} requests to the old one"


async def no_gateway(directory):
    """Without any gateway an EventSource is told to come again, everybody else is told why."""
    for addresses in (["127.0.0.9"], None):
        async with before(directory, f"none{addresses is None}", addresses=addresses) as (_, door), aiohttp.ClientSession() as http:
            async with http.get(f"{door.http}/api/tasks/x/events", headers=SSE) as answer:
                equal((200, "text/event-stream"), (answer.status, answer.content_type))
                equal("retry: ", (await answer.text())[:7])
            async with http.post(f"{door.http}/api/simulate", json={}, headers=SSE) as answer:
                equal((503, "application/problem+json"), (answer.status, answer.content_type))


async def floods(directory):
    """Too many requests or connections of one address: 429 with Retry-After, and an EventSource comes again."""
    slow = Upstream("127.0.0.2", nginx.free_port())
    async with before(directory, "flood", slow, REQUESTS_PER_SECOND=1, REQUESTS_BURST=5) as (_, door), \
            aiohttp.ClientSession() as http:
        answers = []
        for _ in range(20):
            async with http.get(f"{door.http}/x") as answer:
                answers.append((answer.status, answer.headers.get("Retry-After")))
        equal({(200, None), (429, "5")}, set(answers))
        async with http.get(f"{door.http}/api/tasks/x/events", headers=SSE) as answer:
            equal((200, "retry: "), (answer.status, (await answer.text())[:7]))
    return f"{answers.count((200, None))} of 20 let through"


WITHOUT_GATEWAYS = (files_are_read, configuration, client_address, nothing_is_sent_twice, refused_goes_on, no_gateway, floods)
