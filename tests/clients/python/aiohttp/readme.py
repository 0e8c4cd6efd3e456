import asyncio
import sys

import aiohttp
from show import show


async def main(url):
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        async for message in socket:
            show(message.data)


asyncio.run(main(sys.argv[1]))
