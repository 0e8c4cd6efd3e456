"""Servers in a gateway's place that note what nginx sends them."""
import asyncio


class Upstream:
    """Notes each request's head; `answer` is what it sends back, None hangs up instead."""

    def __init__(self, address, port, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"):
        self.address, self.port, self.answer = address, port, answer
        self.heads = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, self.address, self.port)
        return self

    async def __aexit__(self, *_):
        self._server.close()

    async def _serve(self, reader, writer):
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if self.answer:
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def header(self, name):
        """Of the last request; None if it has none."""
        lines = dict(line.split(": ", 1) for line in self.heads[-1].split("\r\n")[1:] if ": " in line)
        return {k.lower(): v for k, v in lines.items()}.get(name.lower())
