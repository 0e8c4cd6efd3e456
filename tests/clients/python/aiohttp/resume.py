import asyncio
import sys

import aiohttp
from show import show


async def follow(url):
    last = 0
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.ws_connect(f"{url}?after={last}") as socket:
                    async for message in socket:
                        if message.type != aiohttp.WSMsgType.TEXT:
                            break
                        event = show(message.data)
                        last = event.get("seq", last)
                        if event["type"] == "ended":
                            return
            except aiohttp.ClientError as error:
                print(repr(error), file=sys.stderr)
            await asyncio.sleep(2)  # a loop that ends without an error may have been cut, too


asyncio.run(follow(sys.argv[1]))
