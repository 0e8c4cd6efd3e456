import asyncio
import sys

from show import show
from websockets.asyncio.client import connect


async def main(url):
    async with connect(url) as websocket:
        async for message in websocket:
            show(message)


asyncio.run(main(sys.argv[1]))
