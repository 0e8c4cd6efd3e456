import asyncio
import sys

from picows import WSError, WSListener, WSMsgType, ws_connect
from show import show


class Listener(WSListener):
    last, done = 0, False

    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.TEXT:
            event = show(frame.get_payload_as_utf8_text())
            self.last = event.get("seq", self.last)
            self.done = event["type"] == "ended"
        if self.done or frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()


async def follow(url):
    listener = Listener()
    while not listener.done:
        try:
            transport, _ = await ws_connect(lambda: listener, f"{url}?after={listener.last}")
            await transport.wait_disconnected()
        except (OSError, WSError, asyncio.TimeoutError) as error:
            print(repr(error), file=sys.stderr)
        if not listener.done:
            await asyncio.sleep(2)  # a cut is not an error


asyncio.run(follow(sys.argv[1]))
