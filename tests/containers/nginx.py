"""docker/nginx on this machine's own nginx: the same configuration, filled in as the image fills it in, before whatever
addresses a name server of ours names."""
import asyncio
import ipaddress
import os
import pathlib
import re
import socket
import struct
import subprocess

DOCKER = pathlib.Path(__file__).resolve().parents[2] / "docker"
NAME = "gateway.test"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class NameServer(asyncio.DatagramProtocol):
    """Answers every question for addresses with `addresses`, and lets them be kept for ten minutes, as Docker's does."""

    def __init__(self):
        self.addresses = []
        self.asked = 0

    async def start(self):
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self.transport.get_extra_info("sockname")[1]

    def connection_made(self, transport):
        pass

    def datagram_received(self, query, sender):
        end = query.index(0, 12) + 5  # the name, its zero, type and class
        wants_v4 = query[end - 4:end - 2] == b"\0\1"
        found = self.addresses if wants_v4 else []
        code = 0 if self.addresses else 3  # no such name
        self.asked += 1
        head = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(found), 0, 0)
        rows = (b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 600, 4) + ipaddress.ip_address(a).packed for a in found)
        self.transport.sendto(head + query[12:end] + b"".join(rows), sender)


def rendered(text, values):
    """What the image's entry point makes of the template."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda m: str(values[m[1]]), text)


# What is so in the container only.
def at_home(text, directory, http, https):
    changes = [("user nginx;", "daemon off;"), ("listen 80;", f"listen 127.0.0.1:{http};"), ("/tmp/", f"{directory}/"),
               ("listen 443 ", f"listen 127.0.0.1:{https} "), ("/dev/stdout door", f"{directory}/access.log door"),
               ("worker_processes auto", "worker_processes 1")]
    for old, new in changes:
        if old not in text:
            raise AssertionError(f"the template has no '{old}' any more")
        text = text.replace(old, new)
    return text


class Nginx:
    def __init__(self, directory, gateway_port, resolver_port, changes=(), **values):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        http, https = free_port(), free_port()
        self.http, self.https = f"http://localhost:{http}", f"https://localhost:{https}"
        given = {"GATEWAY": f"{NAME}:{gateway_port}", "RESOLVER": f"127.0.0.1:{resolver_port}", "MAX_UPLOAD": "2g",
                 "CERTIFICATES": self.directory, "CONNECTIONS_PER_ADDRESS": 500, "REQUESTS_PER_SECOND": 200,
                 "REQUESTS_BURST": 500, **values}
        template = (DOCKER / "nginx/nginx.conf.template").read_text()
        text = rendered(at_home(template, self.directory, http, https), given)
        for old, new in changes:
            text = text.replace(old, new)
        self.conf = self.directory / "nginx.conf"
        self.conf.write_text(text)
        subprocess.run([DOCKER / "nginx/certificate.sh"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "CERTIFICATES": str(self.directory)})

    def says_of_its_configuration(self):
        test = subprocess.run(["nginx", "-t", "-c", self.conf], capture_output=True, text=True)
        return test.returncode, test.stderr

    async def __aenter__(self):
        with open(self.directory / "errors", "wb") as errors:
            self.process = await asyncio.create_subprocess_exec("nginx", "-c", self.conf, stderr=errors)
        port = int(self.http.rpartition(":")[2])
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return self
            except OSError:
                await asyncio.sleep(0.05)
        raise AssertionError(f"nginx did not start: {(self.directory / 'errors').read_text()}")

    async def __aexit__(self, *_):
        self.process.terminate()
        await self.process.wait()
