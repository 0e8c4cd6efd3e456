"""An S3 server of our own for one system, and the settings with which its processes share nothing but a bucket there."""
import asyncio
import contextlib
import socket
import subprocess
import sys

import aiohttp

from .brokers import until

NAME = "faults"


@contextlib.asynccontextmanager
async def bucket(directory):
    """Gives the settings and the server's pid; it ends with the block."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port),
                                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await until("the S3 server listens", lambda: _listens(port), 30)
        async with aiohttp.ClientSession() as http, http.put(f"{url}/{NAME}", raise_for_status=True):
            pass
        settings = {
            "artifacts.store": "s3", "s3.endpoint": url, "s3.bucket": NAME, "s3.prefix": "system/", "s3.access_key_id": "any",
            "s3.secret_access_key": "any", "s3.scratch_directory": directory / "{name}-scratch",
            "artifacts.directory": "/nonexistent",
        }
        yield settings, server.pid
    finally:
        server.kill()  # it may be stopped
        await server.wait()


def _listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0
