import asyncio
import sys

from aiohttp_sse_client import client
from show import show


async def main(url):
    async with client.EventSource(url) as source:
        async for event in source:
            if show(event.data)["type"] == "ended":
                break


asyncio.run(main(sys.argv[1]))
