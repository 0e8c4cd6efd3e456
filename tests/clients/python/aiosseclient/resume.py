import asyncio
import sys

import aiohttp
from aiosseclient import aiosseclient
from show import show


async def follow(url):
    last = "0"
    while True:
        try:
            async for event in aiosseclient(url, last_id=last):
                last = event.id or last
                if show(event.data)["type"] == "ended":
                    return
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            print(repr(error), file=sys.stderr)
        await asyncio.sleep(2)


asyncio.run(follow(sys.argv[1]))
