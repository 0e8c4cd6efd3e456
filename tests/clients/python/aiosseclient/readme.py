import asyncio
import sys

from aiosseclient import aiosseclient
from show import show


async def main(url):
    async for event in aiosseclient(url):
        if show(event.data)["type"] == "ended":
            break


asyncio.run(main(sys.argv[1]))
