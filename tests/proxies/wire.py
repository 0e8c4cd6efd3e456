"""HTTP/1.1 as it goes over the socket: what libraries hide is what differs between proxies."""
import asyncio
import contextlib
import json


class Connection:
    def __init__(self, port):
        self.port = port

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2 ** 21)
        return self

    async def __aexit__(self, *_):
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    async def send(self, method, path, headers=None):
        given = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        await self.writer.drain()

    async def head(self):
        """Status and headers, by small names."""
        status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in (l.partition(":") for l in lines)}

    async def pieces(self, headers):
        """The body as it comes. Raises IncompleteReadError where it is cut."""
        if "chunked" in headers.get("transfer-encoding", ""):
            while size := int((await self._line()).partition(b";")[0], 16):
                yield await self.reader.readexactly(size)
                await self._line()
            await self._line()
        elif "content-length" in headers:
            yield await self.reader.readexactly(int(headers["content-length"]))
        else:
            while piece := await self.reader.read(2 ** 16):
                yield piece

    async def _line(self):
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise asyncio.IncompleteReadError(line, None)
        return line

    async def whole(self, headers):
        return b"".join([piece async for piece in self.pieces(headers)])


async def fetched(port, method, path, headers=None):
    """Status, headers and body of one request without a body."""
    async with Connection(port) as connection:
        await connection.send(method, path, {"Connection": "close", **(headers or {})})
        status, said = await connection.head()
        return status, said, b"" if status == 101 else await connection.whole(said)


def problem(body):
    """The name of an error that is ours; empty for a proxy's own page."""
    with contextlib.suppress(ValueError, AttributeError):
        return json.loads(body).get("type", "").rpartition(":")[2]
    return ""
