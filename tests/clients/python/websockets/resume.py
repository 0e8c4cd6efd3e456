import asyncio
import sys

from show import show
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException


async def follow(url):
    last = 0
    while True:
        try:
            async with connect(f"{url}?after={last}") as websocket:
                async for message in websocket:
                    event = show(message)
                    last = event.get("seq", last)
                    if event["type"] == "ended":
                        return
        except (OSError, WebSocketException) as error:
            print(repr(error), file=sys.stderr)
        await asyncio.sleep(2)


asyncio.run(follow(sys.argv[1]))
