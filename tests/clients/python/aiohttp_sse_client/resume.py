import asyncio
import sys

import aiohttp
from aiohttp_sse_client import client
from show import show


async def follow(url):
    last = "0"
    while True:
        try:
            async with client.EventSource(url, headers={"Last-Event-ID": last}) as source:
                async for event in source:
                    last = event.last_event_id or last
                    if show(event.data)["type"] == "ended":
                        return
        except (aiohttp.ClientError, ConnectionError, asyncio.TimeoutError) as error:
            print(repr(error), file=sys.stderr)
        await asyncio.sleep(2)


asyncio.run(follow(sys.argv[1]))
