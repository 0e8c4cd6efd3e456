"""The proxies as processes: each with the configuration that docs/proxies.md shows, at ports of this run."""
import asyncio
import os
import pathlib
import re
import signal
import subprocess
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
# As the files have them, and a newcomer may keep them.
DOOR, GATEWAY = "8000", "8080"


def environment(**more):
    """Debian has most of them where only root looks."""
    return {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin", **more}


@dataclass(frozen=True)
class Kind:
    """`around`: what a system's own configuration says beside the file, which stands in it for FILE; DIR is the run's own
    directory. `command`: its words, where CONF is all of that."""
    name: str
    command: str
    version: str  # the command that tells it
    around: str = "FILE"
    suffix: str = "conf"

    @property
    def source(self):
        return HERE / f"{self.name}.{self.suffix}"

    def tells(self):
        """Its version."""
        said = subprocess.run(self.version.split(), capture_output=True, text=True, cwd=HERE, check=True, env=environment())
        return re.search(r"\d+\.\d+\.\d+|\d+\.\d+", said.stdout + said.stderr)[0]


# Modules and paths are those of Debian's packages.
KINDS = {kind.name: kind for kind in (
    Kind("nginx", "nginx -c CONF -e DIR/log", "nginx -v", """daemon off;
pid DIR/pid;
events { }
http {
  access_log off;
  client_body_temp_path DIR/body;
  proxy_temp_path DIR/proxy;
FILE}
"""),
    Kind("haproxy", "haproxy -db -f CONF", "haproxy -v"),
    Kind("apache", "apache2 -D FOREGROUND -f CONF", "apache2 -v", """ServerRoot /usr/lib/apache2
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
ServerName localhost
User www-data
Group www-data
PidFile DIR/pid
DefaultRuntimeDir DIR
ErrorLog DIR/log
FILE"""),
    Kind("caddy", "caddy run --adapter caddyfile --config CONF", "caddy version", "{\n  admin off\n}\nFILE"),
    Kind("varnish", "varnishd -F -n DIR/varnish -s malloc,32m", "varnishd -V"),
    Kind("lighttpd", "lighttpd -D -f CONF", "lighttpd -v"),
    Kind("h2o", "h2o -m worker -c CONF", "h2o --version", """pid-file: DIR/pid
error-log: DIR/log
num-threads: 2
FILE"""),
    Kind("squid", "squid -N -f CONF", "squid -v", """pid_filename DIR/pid
cache_log DIR/log
access_log none
coredump_dir DIR
visible_hostname localhost
shutdown_lifetime 0 seconds
FILE"""),
    Kind("http-proxy", "node CONF", "node -p require('http-proxy/package.json').version", suffix="mjs"),
)}

# The first row of the table: no proxy at all.
NOTHING = "none"
NAMES = (NOTHING, *KINDS)


def placed(text, door, gateway):
    """The file at ports of this run."""
    for shown, port in ((DOOR, door), (GATEWAY, gateway)):
        text, number = re.subn(rf"\b{shown}\b", str(port), text)
        if not number:
            raise AssertionError(f"the configuration has no port {shown}")
    return text


def words(kind, text, conf, directory):
    """The command line. varnishd has its own in the first line of the file, because no file of its can hold it."""
    command = kind.command.replace("CONF", str(conf)).replace("DIR", str(directory))
    first = text.splitlines()[0]
    if first.startswith("# varnishd "):
        command += " " + re.sub(r"-f \S+", f"-f {conf}", first.removeprefix("# varnishd "))
    return command.split()


class Nothing:
    """The gateway itself: what is so without any proxy is no proxy's doing."""

    def __init__(self, directory, gateway_port):
        self.port, self.directory = gateway_port, pathlib.Path(directory)
        self.url = f"http://127.0.0.1:{gateway_port}"
        self.directory.mkdir(parents=True)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass


class Proxy:
    def __init__(self, kind, directory, port, gateway_port, text):
        """`text`: the file of the kind, or what is tried in its place."""
        self.kind, self.port = kind, port
        self.url = f"http://127.0.0.1:{port}"
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.directory.chmod(0o777)  # most give up root's rights
        text = placed(text, port, gateway_port)
        self.conf = self.directory / kind.source.name
        self.conf.write_text(kind.around.replace("DIR", str(self.directory)).replace("FILE", text))
        self.command = words(kind, text, self.conf, self.directory)
        (self.directory / "node_modules").symlink_to(HERE / "node_modules")

    async def __aenter__(self):
        self.output = self.directory / "output"
        with open(self.output, "wb") as out:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env=environment(HOME=str(self.directory)), start_new_session=True)
        try:
            await self._until_open()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _until_open(self):
        for _ in range(600):
            if self.process.returncode is not None:
                raise AssertionError(f"{self.kind.name} ended by itself: {self.output.read_text()[-2000:]}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise AssertionError(f"{self.kind.name} opened no port: {self.output.read_text()[-2000:]}")

    async def __aexit__(self, *_):
        """It, and all that it started, which are a group of their own."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 5)
            except asyncio.TimeoutError:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        await self.process.wait()
